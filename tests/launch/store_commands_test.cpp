// Stores rewritten, joined, split and described by the program.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>

#include "io/store/clip_store.hpp"
#include "io/store/store_writer.hpp"
#include "tests/io/corpus/corpus_files.hpp"
#include "tests/launch/program.hpp"

namespace sslslr::test {
namespace {

using Json = nlohmann::json;

class StoreCommands : public ProgramTest {
protected:
    std::string path(const std::string& name) const { return (folder_ / name).string(); }
    Outcome made(const std::string& arguments, int ranks = 1) const {
        auto outcome = run(program(ranks, arguments));
        EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
        return outcome;
    }
    Json inspected(const std::string& arguments) const {
        return Json::parse(run(program(1, "inspect --json " + arguments)).output).at(0);
    }
    void expect_refused(int exit_code, const std::string& arguments, const std::string& error) const {
        const auto outcome = run(program(1, arguments));
        EXPECT_EQ(outcome.exit_code, exit_code) << arguments << '\n' << outcome.output;
        EXPECT_TRUE(outcome.says(error)) << arguments << '\n' << outcome.output;
    }
    /// Two clips, a.npy and b.npy, of the class "sign".
    void write_arrays(const std::string& folder, float value) const {
        for (const std::string clip : {"a", "b"}) {
            value += 0.01F;
            io::test::write_bytes(
                folder_ / folder / (clip + ".npy"),
                io::test::npy_bytes("<f4", {2, 75, 2}, io::test::bytes_of(std::vector<float>(300, value))));
        }
        std::ofstream{folder_ / folder / "list.csv"} << "clip,label\na,sign\nb,sign\n";
    }
    std::size_t files() const {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator{folder_}, {}));
    }
};

TEST_F(StoreCommands, RepackKeepsAllButTheLayout) {
    const auto original = inspected(asl9);
    const auto told =
        made("repack " + asl9 + " --compress 9 --chunk-frames 50 --output " + path("packed.h5"), 2);
    made("repack " + path("packed.h5") + " --dtype float32 --output " + path("wide.h5"));
    made("repack " + path("wide.h5") + " --dtype float16 --output " + path("again.h5"));

    EXPECT_EQ(told.count("900 clips of 27000 frames, 75 points, float16, deflate 9"), 1) << told.output;
    EXPECT_LT(std::filesystem::file_size(folder_ / "packed.h5"), std::filesystem::file_size(asl9) / 2);
    for (const std::string name : {"packed.h5", "again.h5"}) {
        const auto store = inspected(path(name));
        EXPECT_EQ(store["fingerprint"], original["fingerprint"]) << name;
        EXPECT_EQ(store["labels"], original["labels"]);
        EXPECT_EQ(store["missing"], original["missing"]);
        EXPECT_EQ(store["attributes"]["licence"], original["attributes"]["licence"]);
        EXPECT_TRUE(store["attributes"]["written_by"].get<std::string>().starts_with("sslslr "));
    }
    EXPECT_EQ(inspected(path("wide.h5"))["dtype"], "float32");
    EXPECT_EQ(inspected(path("again.h5"))["attributes"]["command"],
              "sslslr repack " + path("wide.h5") + " --dtype float16 --output " + path("again.h5"));
}

TEST_F(StoreCommands, RepackTwiceGivesTheSameBytesButForTheCommand) {
    const auto repack = "repack " + asl9 + " --compress 1 --force --output " + path("a.h5");
    made(repack);
    std::filesystem::rename(folder_ / "a.h5", folder_ / "first.h5");
    made(repack);

    EXPECT_EQ(run("cmp " + path("first.h5") + " " + path("a.h5")).exit_code, 0);
}

TEST_F(StoreCommands, RepackLeavesOutPoints) {
    made("repack " + asl9 + " --points upper-body --output " + path("a.h5"));

    const auto store = inspected(path("a.h5"));
    EXPECT_EQ(store["points"], 65);
    EXPECT_EQ(store["missing"]["left_hand"], inspected(asl9)["missing"]["left_hand"]);
}

TEST_F(StoreCommands, MergeJoinsByNameAndTellsDuplicates) {
    made("split " + asl9 + " --by folds --folds 2 --separate " + path("parts"));
    made("repack " + asl9 + " --output " + path("copy.h5"));

    const auto told = made("merge " + libras5 + " " + path("parts/fold-1.h5") + " " + path("copy.h5") +
                           " --output " + path("all.h5"));
    const auto dropped =
        made("merge --drop-duplicates " + path("all.h5") + " --output " + path("dropped.h5"));

    EXPECT_TRUE(told.says("450 clips with the same landmarks as earlier ones")) << told.output;
    EXPECT_TRUE(dropped.says("left out")) << dropped.output;
    const auto all = inspected(path("all.h5"));
    EXPECT_EQ(all["clips"], 250 + 450 + 900);
    EXPECT_EQ(all["labels"].size(), 15U);
    EXPECT_EQ(all["labels"]["tea"], 45 + 90);
    EXPECT_EQ(all["duplicates"], 450);
    EXPECT_EQ(all["splits"]["all"]["clips"], 250 + 450 + 900);
    EXPECT_TRUE(all["attributes"]["language"].get<std::string>().starts_with(
        "Brazilian Sign Language (Libras); Amer"));
    const auto rest = inspected(path("dropped.h5"));
    EXPECT_EQ(rest["clips"], 250 + 900);
    EXPECT_EQ(rest["duplicates"], 0);
    EXPECT_EQ(rest["labels"]["tea"], 90);
}

TEST_F(StoreCommands, MergeAddsUpCountsAndKeepsNamesOfClipsUnique) {
    for (const std::string day : {"monday", "tuesday"}) {
        write_arrays(day, day == "monday" ? 0.25F : 0.5F);
        std::ofstream{folder_ / day / "broken.npy"} << "no array";
        made("prepare --from npy --metadata " + path(day + "/list.csv") + " --input " + path(day) +
             " --output " + path(day + ".h5"));
    }
    const auto both = path("monday.h5") + " " + path("tuesday.h5");

    const auto merged = made("merge " + both + " --output " + path("all.h5"));
    made("repack " + both + " --output " + path("repacked.h5"));
    made("split " + both + " --by fraction --output " + path("split.h5"));

    EXPECT_TRUE(merged.says("4 clips with names that occur in several stores: each is prefixed"))
        << merged.output;
    for (const std::string name : {"all.h5", "repacked.h5", "split.h5"}) {
        const auto index = io::ClipStore::open({path(name)}).index();
        EXPECT_EQ(index.names, (std::vector<std::string>{"monday/a", "monday/b", "tuesday/a", "tuesday/b"}));
        EXPECT_EQ(index.attributes.at("clips_left_out"), "2");
    }
    made("repack " + path("monday.h5") + " --output " + path("copy.h5"));
    made("merge --drop-duplicates " + path("monday.h5") + " " + path("copy.h5") + " --output " +
         path("dropped.h5"));
    EXPECT_EQ(io::ClipStore::open({path("dropped.h5")}).index().names, (std::vector<std::string>{"a", "b"}))
        << "a name that is used once stays";
}

TEST_F(StoreCommands, Float16IsRefusedWhereItWouldMakeInfinities) {
    auto index = io::ClipStore::open({asl9}).index();
    io::write_store(
        folder_ / "pixels.h5", index,
        [](std::int64_t clip, std::span<float> out) { std::ranges::fill(out, clip == 7 ? 1e5F : 300.0F); },
        {.is_float16 = false});
    for (const std::string command : {"repack", "merge", "split --by signer"}) {
        expect_refused(3, command + " " + path("pixels.h5") + " --dtype float16 --output " + path("out.h5"),
                       "out.h5: not written: expected values that float16 can hold, at most 65504 in "
                       "magnitude, found 100000 in clip #7; keep them with --dtype float32");
        EXPECT_EQ(files(), 1U) << command;
    }
    made("repack " + path("pixels.h5") + " --output " + path("out.h5"));
    EXPECT_EQ(inspected(path("out.h5"))["dtype"], "float32");
}

TEST_F(StoreCommands, InspectOfAStoreWithoutFramesHasNoNumbersThatAreNone) {
    auto index = io::ClipStore::open({asl9}).index();
    std::ranges::fill(index.offsets, 0);
    io::write_store(folder_ / "empty.h5", index, [](std::int64_t, std::span<float>) {});

    const auto text = made("inspect " + path("empty.h5"));

    EXPECT_FALSE(text.says("-nan") || text.says(" nan")) << text.output;
    EXPECT_TRUE(text.says("900 clips have no frames")) << text.output;
    EXPECT_TRUE(inspected(path("empty.h5"))["missing"]["pose"].is_null());
}

TEST_F(StoreCommands, InspectNamesInfiniteValues) {
    auto index = io::ClipStore::open({asl9}).index();
    io::write_store(folder_ / "infinite.h5", index, [](std::int64_t clip, std::span<float> out) {
        for (std::size_t at = 0; at < out.size(); ++at) {
            out[at] = clip == 7 ? std::numeric_limits<float>::infinity()
                                : static_cast<float>(at * 31 % 100 + 1) / 128;
        }
    });

    const auto text = made("inspect " + path("infinite.h5"));

    EXPECT_TRUE(text.says("values are infinite")) << text.output;
    made("pretrain --blocks 1 --width 16 --heads 2 --max-steps 1 --data " + path("infinite.h5") + " --run " +
         path("run"));
}

TEST_F(StoreCommands, SplitAddsSplitsThatTrainingFinds) {
    made("split " + asl9 + " --by signer --output " + path("signers.h5"));
    made("split " + path("signers.h5") +
             " --by fraction --fraction 0.3 --seed 7 --within not-signer-S03 --output " + path("both.h5"),
         2);

    const auto store = inspected(path("both.h5"));
    EXPECT_EQ(store["splits"]["signer-S02"]["clips"], 300);
    EXPECT_EQ(store["splits"]["not-signer-S02"]["signers"], (Json{{"S01", 300}, {"S03", 300}}));
    EXPECT_EQ(store["splits"]["labelled-30"]["clips"], 180);
    EXPECT_EQ(store["splits"]["labelled-30"]["labels"]["tea"], 18);
    EXPECT_EQ(store["splits"]["rest-30"]["clips"], 420);
    EXPECT_EQ(inspected(asl9)["labels"], store["labels"]);
    made("pretrain --blocks 1 --width 16 --heads 2 --max-steps 1 --train-split rest-30 --data " +
         path("both.h5") + " --run " + path("run"));
}

TEST_F(StoreCommands, SplitWritesAStoreForEachPart) {
    const auto told =
        made("split " + asl9 + " --by folds --folds 3 --group-by signer --separate " + path("parts"));

    EXPECT_EQ(told.count("300 clips of 9000 frames"), 3) << told.output;
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder_ / "parts"}, {}), 3);
    const auto together = inspected("--together '" + path("parts/fold-?.h5") + "'");
    EXPECT_EQ(together["clips"], 900);
    EXPECT_EQ(together["labels"], inspected(asl9)["labels"]);
    expect_refused(2, "split " + asl9 + " --by folds --folds 3 --separate " + path("parts"),
                   "fold-0.h5: there is a file of that name");
}

TEST_F(StoreCommands, RefusesByOptionAndWritesNothing) {
    const auto output = " --output " + path("out.h5");
    const std::pair<std::string, std::string> refused[]{
        {"repack --output a.h5", "no store given"},
        {"repack " + asl9, "--output FILE.h5 is missing"},
        {"repack " + asl9 + " --dtype float8" + output, "--dtype float8: expected float16, float32 or auto"},
        {"repack " + asl9 + " --compress 10" + output, "--compress 10: expected none or a level from 0 to 9"},
        {"repack " + asl9 + " --compress high" + output,
         "--compress high: expected none or a level from 0 to 9"},
        {"repack " + asl9 + " --chunk-frames 10" + output, "--chunk-frames belongs to --compress"},
        {"repack " + asl9 + " --compress 1 --chunk-frames=-3" + output,
         "chunks of -3 frames: expected 1 or more"},
        {"repack " + asl9 + " --compress 1 --chunk-frames 999999" + output, "expected at most 223696"},
        {"repack " + asl9 + " --drop-z" + output, "--drop-z: expected a store of x,y,z, found x,y"},
        {"repack " + asl9 + " --points face" + output, "--points face: expected keep, upper-body or all"},
        {"merge" + output, "no store given"},
        {"split " + asl9 + output, "--by (missing): expected signer, fraction, folds or class-count"},
        {"split " + asl9 + " --by signer --signers S09" + output, "no signer S09; they have: S01, S02, S03"},
        {"split " + asl9 + " --by signer --folds 3" + output, "--folds belongs to --by folds"},
        {"split " + asl9 + " --by signer --seed 3" + output, "--seed belongs to --by fraction, folds"},
        {"split " + asl9 + " --by fraction --fraction 1.5" + output, "--fraction 1.5: expected more than 0"},
        {"split " + asl9 + " --by folds --folds 4 --group-by signer" + output,
         "expected at most the number of signers, 3"},
        {"split " + asl9 + " --by class-count --classes 10" + output,
         "expected 1 to the number of classes, 9"},
        {"split " + asl9 + " --by signer --separate " + path("parts") + output, "--output and --separate"},
    };
    for (const auto& [arguments, error] : refused) {
        expect_refused(2, arguments, error);
        EXPECT_EQ(files(), 0U) << arguments;
    }
}

TEST_F(StoreCommands, AnOutputThatIsThereIsReplacedByForceAlone) {
    std::ofstream{folder_ / "out.h5"} << "precious";
    for (const std::string command : {"repack", "merge", "split --by signer"}) {
        expect_refused(2, command + " " + asl9 + " --output " + path("out.h5"),
                       "out.h5: there is a file of that name; --force replaces it");
        EXPECT_EQ(std::filesystem::file_size(folder_ / "out.h5"), 8U);
    }

    made("repack --force " + asl9 + " --output " + path("out.h5"));
    made("repack --force " + path("out.h5") + " --compress 4 --output " + path("out.h5"));

    EXPECT_EQ(inspected(path("out.h5"))["fingerprint"], inspected(asl9)["fingerprint"]);
    EXPECT_EQ(files(), 1U);
}

TEST_F(StoreCommands, PointsThatDifferAreNotMerged) {
    made("repack " + asl9 + " --points upper-body --output " + path("few.h5"));

    expect_refused(3, "merge " + libras5 + " " + path("few.h5") + " --output " + path("out.h5"),
                   "found 65 without pose.left_hip, pose.right_hip, pose.left_knee, ... (10); stores can be "
                   "joined only");
    EXPECT_EQ(files(), 1U);
}

TEST_F(StoreCommands, DamageIsRefusedAndNothingIsWritten) {
    std::filesystem::copy_file(asl9, folder_ / "damaged.h5");
    std::fstream bytes{folder_ / "damaged.h5", std::ios::in | std::ios::out | std::ios::binary};
    bytes.seekp(6'000'000);
    bytes.put('\x5a');
    bytes.close();
    for (const std::string command : {"repack", "merge", "merge --drop-duplicates", "split --by signer"}) {
        expect_refused(3, command + " " + path("damaged.h5") + " --output " + path("out.h5"), "are damaged");
        EXPECT_EQ(files(), 1U) << command;
    }
    expect_refused(3, "inspect " + path("damaged.h5"), "are damaged");
}

#ifdef SSLSLR_WITH_MOUNTS
TEST_F(StoreCommands, AFullDiskEndsARepackWithAClearErrorAndNothingHalfWritten) {
    // A separate file system of 1 MiB.
    const auto tiny = path("tiny");
    for (const std::string layout : {"", " --compress 4", " --dtype float32"}) {
        std::filesystem::create_directory(tiny);
        const auto outcome = run(SSLSLR_WITH_MOUNTS " sh -c 'mount -t tmpfs -o size=1m tmpfs " + tiny +
                                 " || exit 8; " SSLSLR_PROGRAM " repack " + asl9 + layout + " --output " +
                                 tiny + "/out.h5; echo ended with $?; ls -A " + tiny + " | wc -l'");

        ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
        EXPECT_TRUE(outcome.says("ended with 3\n0\n")) << outcome.output;
        EXPECT_TRUE(outcome.says("tiny/out.h5")) << outcome.output;
        EXPECT_TRUE(outcome.says("No space left on device")) << outcome.output;
    }
}
#endif

TEST_F(StoreCommands, InspectWarnsOfLeakageInTextAndJson) {
    // Signer S01 trains; a copy of S01 tests, among the clips of S02.
    made("split " + asl9 + " --by signer --separate " + path("signers"));
    made("split " + path("signers/signer-S01.h5") + " --by class-count --classes 9 --output " + path("a.h5"));
    made("repack " + path("a.h5") + " --output " + path("b.h5"));
    made("merge " + path("a.h5") + " " + path("b.h5") + " --output " + path("twice.h5"));
    made("split " + path("twice.h5") + " --by folds --folds 2 --output " + path("folds.h5"));

    const auto store = inspected(path("folds.h5"));
    const auto text = run(program(1, "inspect " + path("folds.h5")));

    EXPECT_EQ(store["duplicates"], 300);
    const auto& findings = store["findings"];
    ASSERT_GE(findings.size(), 2U);
    EXPECT_EQ(findings[0]["name"], "leakage");
    EXPECT_EQ(findings[0]["kind"], "warning");
    EXPECT_EQ(findings[0]["clips"].size(), 5U);
    const auto leaked = findings[0]["count"].get<std::int64_t>();
    EXPECT_GT(leaked, 100);
    EXPECT_LT(leaked, 200) << "half of the 300 pairs, by chance";
    EXPECT_TRUE(text.says("warning: " + findings[0]["what"].get<std::string>())) << text.output;
    EXPECT_TRUE(text.says("warning: 300 clips hold the same landmarks as earlier ones: #300, #301,"))
        << text.output;
    EXPECT_EQ(store["splits"]["fold-0"]["clips"], 300);
    EXPECT_EQ(text.exit_code, 0) << "a warning is no error";
}

TEST_F(StoreCommands, InspectTakesManyFilesAndRanks) {
    const auto outcome = run(program(2, "inspect --json " + asl9 + " " + libras5));

    const auto all = Json::parse(outcome.output.substr(outcome.output.find_first_of("[{")));
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[1]["clips"], 250);
    EXPECT_EQ(inspected("--together " + asl9 + " " + libras5)["clips"], 1150);
}

}  // namespace
}  // namespace sslslr::test
