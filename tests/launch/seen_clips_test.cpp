// Clips seen in pretraining are recognised by their content, whatever store holds them at evaluation.
#include <fstream>
#include <numeric>

#include "io/store/clip_store.hpp"
#include "io/store/store_part.hpp"
#include "io/store/store_writer.hpp"
#include "io/store/training_clips.hpp"
#include "tests/launch/program.hpp"

namespace sslslr::test {
namespace {

namespace fs = std::filesystem;

class SeenClips : public ProgramTest {
protected:
    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    void made(const std::string& arguments, int ranks = 1) const {
        const auto outcome = run(program(ranks, arguments));
        ASSERT_EQ(outcome.exit_code, 0) << arguments << '\n' << outcome.output;
    }
    void trained(const std::string& data, const std::string& more = "", int ranks = 1) const {
        const std::string steps = more.find("--max-steps") == std::string::npos ? "--max-steps 2 " : "";
        made("pretrain --blocks 1 --width 16 --heads 2 --global-batch 50 --run " + path("r") + " --data " +
                 data + " " + steps + more,
             ranks);
    }
    Outcome evaluated(const std::string& arguments) const {
        const std::string protocol =
            arguments.find("--protocol") == std::string::npos ? "--protocol knn " : "";
        return run(program(1, "evaluate --supervised-epochs 0 --bootstrap 50 --probe-epochs 1 --run " +
                                  path("r") + " " + protocol + arguments));
    }
    nlohmann::json result() const {
        return nlohmann::json::parse(std::ifstream{folder_ / "r/evaluate/knn.json"});
    }
    /// The number of test clips that an evaluation on signer S03 reports as seen.
    nlohmann::json seen(const std::string& arguments) const {
        const auto outcome = evaluated("--leave-out-signer S03 " + arguments);
        EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
        const auto found = result()["test_clips_seen_in_pretraining"];
        EXPECT_EQ(outcome.says("took part in the pretraining, though without labels"),
                  found.is_number() && found > 0)
            << outcome.output;
        return found;
    }
    fs::path record() const { return folder_ / "r" / io::training_clips_file; }
    std::size_t clips_recorded() const { return io::read_training_clips(record()).numbers.size(); }
    void expect_no_transfer(const std::string& data, const std::string& parts) const {
        const auto outcome = evaluated("--protocol transfer --data " + data + " " + parts);
        EXPECT_EQ(outcome.exit_code, 2) << outcome.output;
        EXPECT_TRUE(outcome.says("--protocol transfer: the run was trained on")) << outcome.output;
    }

    /// Writes every fifth clip of asl9 (180 clips) with z, as float32 values that float16 cannot represent.
    void write_with_z(const std::string& name) const {
        const auto store = io::ClipStore::open({asl9});
        auto part = io::whole_of(store.index());
        std::erase_if(part.clips, [](std::int64_t clip) { return clip % 5 != 0; });
        auto index = io::index_of(store.index(), part);
        index.coordinates = 3;
        index.attributes["coordinates"] = "x,y,z";
        std::vector<float> plane;
        const auto read = io::source_of(store, part);
        const auto with_z = [&](std::int64_t clip, std::span<float> out) {
            plane.resize(out.size() / 3 * 2);
            read(clip, plane);
            for (std::size_t point = 0; point < out.size() / 3; ++point) {
                out[3 * point] = plane[2 * point] * 1.00003F;
                out[3 * point + 1] = plane[2 * point + 1] * 1.00003F;
                out[3 * point + 2] = 0.1F;
            }
        };
        io::write_store(folder_ / name, index, with_z, {.is_float16 = false});
    }
};

TEST_F(SeenClips, AreRecognisedInStoresSplitRepackedAndMerged) {
    trained(asl9);
    made("split " + asl9 + " --by signer --output " + path("split.h5"));
    made("split " + asl9 + " --by signer --separate " + path("signers"));
    made("repack " + asl9 + " --points upper-body --compress 1 --output " + path("fewer.h5"));
    made("merge " + libras5 + " " + asl9 + " --output " + path("merged.h5"));

    EXPECT_EQ(seen("--data " + path("split.h5")), 270);
    EXPECT_EQ(seen("--data " + path("fewer.h5")), 270);
    EXPECT_EQ(seen("--data " + path("merged.h5")), 270);
    EXPECT_EQ(seen("--data " + path("signers/signer-S03.h5") + " " + path("signers/signer-S01.h5")), 270);
    for (const std::string store : {"split.h5", "fewer.h5", "merged.h5"}) {
        expect_no_transfer(path(store), "--leave-out-signer S03");
    }
    EXPECT_EQ(evaluated("--leave-out-signer S03 --data " + path("split.h5")).exit_code, 0)
        << "what is no transfer is reported and computed";
}

TEST_F(SeenClips, AreRecognisedAsFloat16AndWithoutZ) {
    write_with_z("xyz.h5");
    trained(path("xyz.h5"));
    made("repack " + path("xyz.h5") + " --dtype float16 --output " + path("half.h5"));
    made("repack " + path("xyz.h5") + " --drop-z --output " + path("plane.h5"));

    EXPECT_EQ(seen("--data " + path("half.h5")), 54);
    EXPECT_EQ(seen("--data " + path("plane.h5")), 54);
    expect_no_transfer(path("plane.h5"), "--leave-out-signer S03");
}

TEST_F(SeenClips, ClipsThatPretrainingDidNotSeeAreNeverTakenForSeen) {
    trained(asl9, "--leave-out-signer S03");
    made("split " + asl9 + " --by signer --output " + path("split.h5"));

    EXPECT_EQ(seen(""), 0);
    EXPECT_EQ(seen("--data " + path("split.h5")), 0);
    EXPECT_EQ(result()["test_clips_equal_to_training_clips"], 0);
    const auto transfer = evaluated("--protocol transfer --train-fraction 0.2 --data " + libras5);
    EXPECT_EQ(transfer.exit_code, 0) << transfer.output;
    EXPECT_FALSE(transfer.says("took part")) << transfer.output;
    expect_no_transfer(path("split.h5"), "--leave-out-signer S03");
}

TEST_F(SeenClips, AreRecognisedWhenStoreAndRunFolderHaveMoved) {
    fs::copy(asl9, folder_ / "own.h5");
    trained(path("own.h5"));
    made("split " + asl9 + " --by signer --output " + path("split.h5"));
    fs::remove(folder_ / "own.h5");
    fs::rename(folder_ / "r", folder_ / "moved");
    fs::copy(folder_ / "moved", folder_ / "r", fs::copy_options::recursive);

    EXPECT_EQ(seen("--data " + path("split.h5")), 270);
    EXPECT_EQ(seen("--data " + asl9), 270);
}

TEST_F(SeenClips, OfARunWithoutARecordAreReadFromItsStoresOrSaidToBeUnknown) {
    fs::copy(asl9, folder_ / "own.h5");
    trained(path("own.h5"));
    made("split " + asl9 + " --by signer --output " + path("split.h5"));
    fs::remove(folder_ / "r" / io::training_clips_file);

    EXPECT_EQ(seen("--data " + path("split.h5")), 270);
    fs::rename(folder_ / "own.h5", folder_ / "elsewhere.h5");
    EXPECT_EQ(seen("--data " + path("elsewhere.h5")), 270) << "the same data, by its fingerprint";
    const auto unknown = evaluated("--leave-out-signer S03 --data " + path("split.h5"));
    EXPECT_EQ(unknown.exit_code, 0) << unknown.output;
    EXPECT_TRUE(unknown.says("cannot be checked")) << unknown.output;
    EXPECT_TRUE(result()["test_clips_seen_in_pretraining"].is_null());
}

TEST_F(SeenClips, ADamagedRecordIsNoRecord) {
    trained(asl9);
    made("split " + asl9 + " --by signer --output " + path("split.h5"));
    fs::resize_file(record(), fs::file_size(record()) / 2);

    EXPECT_EQ(seen(""), 270);
    EXPECT_EQ(seen("--data " + path("split.h5")), 270);
    expect_no_transfer(path("split.h5"), "--leave-out-signer S03");
}

TEST_F(SeenClips, ARecordThatCannotBeReachedEndsNoTraining) {
    trained(asl9, "--leave-out-signer S03");
    fs::remove(record());
    fs::create_symlink(record(), record());

    trained(asl9, "--leave-out-signer S03 --max-steps 3");

    EXPECT_EQ(clips_recorded(), 600U);
}

TEST_F(SeenClips, ASupervisedRunHasSeenTheirLabels) {
    trained(asl9, "--method supervised");

    const auto outcome = evaluated("--leave-out-signer S03");

    EXPECT_TRUE(outcome.says("270 of 270 test clips took part in the training, with their labels"))
        << outcome.output;
}

TEST_F(SeenClips, TestClipsThatTrainUnderAnotherNameAreReported) {
    trained(libras5);
    made("split " + asl9 + " --by signer --separate " + path("signers"));

    const auto outcome =
        evaluated("--train-fraction 0.5 --data " + asl9 + " " + path("signers/signer-S03.h5"));

    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_TRUE(outcome.says("test clips have the same content as labelled training clips (e.g. "))
        << outcome.output;
    EXPECT_TRUE(outcome.says(path("signers/signer-S03.h5"))) << outcome.output;
    const auto repeated = result()["test_clips_equal_to_training_clips"];
    EXPECT_GT(repeated, 50);
    EXPECT_LT(repeated, 300);
}

TEST_F(SeenClips, ARecordIsTheSameHoweverClipsAreReadAndOnAnyNumberOfRanks) {
    const auto record_of = [&](const std::string& more, int ranks) {
        trained(asl9, "--leave-out-signer S03 " + more, ranks);
        auto record = io::read_training_clips(folder_ / "r" / io::training_clips_file);
        fs::remove_all(folder_ / "r");
        return record;
    };

    const auto whole = record_of("", 1);

    EXPECT_EQ(whole.numbers.size(), 600U);
    for (const auto& [more, ranks] : {std::pair{"", 2}, std::pair{"--memory-limit 1K --max-steps 12", 1},
                                      std::pair{"--memory-limit 1K --max-steps 12", 2}}) {
        const auto record = record_of(more, ranks);
        EXPECT_EQ(record.numbers, whole.numbers) << more;
        EXPECT_EQ(record.data, whole.data);
        ASSERT_EQ(record.prints.size(), whole.prints.size());
        for (std::size_t clip = 0; clip < 600; ++clip) {
            EXPECT_EQ(record.prints[clip].trajectories, whole.prints[clip].trajectories) << more << clip;
        }
    }
}

TEST_F(SeenClips, AStreamedRunThatIsContinuedCompletesItsRecord) {
    const std::string streamed = "--memory-limit 1K --leave-out-signer S03 --epochs 5 --max-steps ";
    trained(asl9, streamed + "3");
    const auto some = clips_recorded();
    trained(asl9, streamed + "14");

    EXPECT_GE(some, 150U);
    EXPECT_LT(some, 600U);
    EXPECT_EQ(clips_recorded(), 600U);
}

TEST_F(SeenClips, ACompleteRecordOfAStreamedRunIsKeptWhenItsStoreGainsASplit) {
    const std::string streamed = "--memory-limit 1K --leave-out-signer S03 --epochs 5 --max-steps ";
    made("split " + asl9 + " --by signer --output " + path("split.h5"));
    trained(asl9, streamed + "14");
    ASSERT_EQ(clips_recorded(), 600U);

    for (const std::string steps : {"14", "15"}) {  // nothing left to do, then one more step
        trained(path("split.h5"), streamed + steps);
        EXPECT_EQ(clips_recorded(), 600U) << steps;
        expect_no_transfer(path("split.h5"), "--leave-out-signer S03");
    }
}

TEST_F(SeenClips, ARecordThatAStreamedRunHasLostIsMadeOfAllItsClips) {
    const std::string streamed = "--memory-limit 1K --leave-out-signer S03 --epochs 5 --max-steps ";
    for (const int ranks : {1, 2}) {
        trained(asl9, streamed + "14", ranks);
        fs::remove(record());

        trained(asl9, streamed + "15", ranks);

        EXPECT_EQ(clips_recorded(), 600U) << ranks;
        fs::remove_all(folder_ / "r");
    }
}

TEST_F(SeenClips, AnOlderRunThatIsContinuedGetsARecord) {
    trained(asl9, "--leave-out-signer S03");
    fs::remove(folder_ / "r" / io::training_clips_file);
    trained(asl9, "--leave-out-signer S03 --max-steps 3");

    EXPECT_EQ(io::read_training_clips(folder_ / "r" / io::training_clips_file).numbers.size(), 600U);
}

TEST_F(SeenClips, ABoundarySearchNamesValidationClipsThatTrain) {
    made("split " + asl9 + " --by signer --separate " + path("signers"));
    const auto renamed = path("renamed.h5");
    {  // signer S01 again under another name
        const auto store = io::ClipStore::open({path("signers/signer-S01.h5")});
        auto index = store.index();
        index.signer_names[0] = "S09";
        io::write_store(renamed, index, io::source_of(store, io::whole_of(store.index())));
    }

    const auto outcome =
        run(program(1, "boundary plan --blocks 1 --width 16 --heads 2 --max-steps 1 --study " +
                           path("study") + " --validation-signer S01 --data " + asl9 + " " + renamed));

    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_TRUE(outcome.says("270 of 270 validation clips have the same content as training clips"))
        << outcome.output;
}

TEST_F(SeenClips, ASplitThatOneOfSeveralStoresLacksIsRefusedByItsName) {
    made("split " + libras5 + " --by fraction --fraction 0.5 --output " + path("half.h5"));
    const std::string both = asl9 + " " + path("half.h5");
    const auto pretrained = run(program(1, "pretrain --blocks 1 --width 16 --heads 2 --max-steps 1 --run " +
                                               path("r") + " --train-split labelled-50 --data " + both));
    EXPECT_EQ(pretrained.exit_code, 2) << pretrained.output;
    EXPECT_TRUE(pretrained.says("no split labelled-50 in " + asl9)) << pretrained.output;

    trained(libras5);
    const auto labels = evaluated("--train-split labelled-50 --test-split rest-50 --data " + both);
    EXPECT_EQ(labels.exit_code, 2) << labels.output;
    EXPECT_TRUE(labels.says("no split labelled-50 in " + asl9)) << labels.output;
    const auto tested = evaluated("--test-split rest-50 --data " + both);
    EXPECT_EQ(tested.exit_code, 0) << tested.output;
    EXPECT_TRUE(tested.says("tested on split rest-50 (not in " + asl9 + ")")) << tested.output;
    const auto merged = run(program(1, "merge " + both + " --output " + path("merged.h5")));
    EXPECT_TRUE(merged.says("split labelled-50 does not exist in " + asl9)) << merged.output;
}

}  // namespace
}  // namespace sslslr::test
