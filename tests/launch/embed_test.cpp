// Features written by the program.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <tuple>
#include <vector>

#include <torch/types.h>

#include "io/store/clip_store.hpp"
#include "io/tensors/checkpoint_file.hpp"
#include "io/tensors/feature_file.hpp"
#include "tests/launch/encoder_out.hpp"

namespace sslslr::test {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

class Embed : public EncoderOut {
protected:
    std::string embed(const std::string& file, const std::string& more = "") const {
        return "embed --run " + path("run") + " --output " + path(file) + " " + more;
    }

    /// The features that evaluate kept.
    std::vector<torch::Tensor> kept() const {
        std::vector<torch::Tensor> all;
        for (const auto& entry : fs::directory_iterator{folder_ / "run/evaluate/features"}) {
            all.push_back(io::read_checkpoint(entry.path()).tensors.at("features"));
        }
        return all;
    }
};

constexpr const char* other_code = "0123456789abcdef";

bool holds(const std::vector<torch::Tensor>& all, const torch::Tensor& wanted) {
    return std::ranges::any_of(all, [&](const auto& tensor) { return torch::equal(tensor, wanted); });
}

TEST_F(Embed, WritesWhatEvaluateReadsOnAnyNumberOfRanksResidentOrStreamed) {
    done(pretrain("run", "--max-steps 3"));
    done("evaluate --supervised-epochs 0 --bootstrap 10 --run " + path("run"));
    const std::string chosen = "--signer S03 --labelled";
    done(embed("one.h5", chosen));
    done(embed("two.h5", chosen), 2);
    done(embed("four.h5", chosen + " --memory-limit 0"), 4);
    done(embed("random.h5", chosen + " --random"), 2);
    done(embed("train.h5", "--leave-out-signer S03 --labelled"), 3);

    EXPECT_EQ(run("cmp " + path("one.h5") + " " + path("two.h5")).output, "");
    EXPECT_EQ(run("cmp " + path("one.h5") + " " + path("four.h5")).output, "");
    const auto trained = io::read_features(path("one.h5")).features;
    const auto random = io::read_features(path("random.h5")).features;
    EXPECT_EQ(trained.sizes(), torch::IntArrayRef({270, 16}));
    EXPECT_FALSE(torch::equal(trained, random));
    EXPECT_TRUE(holds(kept(), trained));
    EXPECT_TRUE(holds(kept(), random));
    EXPECT_TRUE(holds(kept(), io::read_features(path("train.h5")).features));
}

TEST_F(Embed, NamesClipsLabelsSignersAndWhereTheFeaturesComeFrom) {
    done(pretrain("run", "--max-steps 4 --checkpoint-every 2"));
    const auto told = Json::parse(done(embed("all.h5", "--json")).output);
    done("embed --checkpoint " + path("run/checkpoints/step-000000002.h5") + " --output " +
         path("earlier.h5"));

    const auto inspected = Json::parse(done("inspect --json " + path("all.h5")).output)[0];
    EXPECT_EQ(inspected["kind"], "features");
    EXPECT_EQ(inspected["clips"], told["clips"]);
    const auto of_run = run(program(1, "inspect " + path("run")));
    EXPECT_EQ(of_run.exit_code, 2);
    EXPECT_TRUE(of_run.says("run: expected a file, found a folder")) << of_run.output;

    const auto store = io::ClipStore::open({asl9});
    const auto& index = store.index();
    const auto file = io::read_features(path("all.h5"));
    EXPECT_EQ(file.features.size(0), 900);
    EXPECT_EQ(file.labels, index.labels);
    EXPECT_EQ(file.signers, index.signers);
    EXPECT_EQ(file.ids, index.ids);
    EXPECT_EQ(file.numbers[899], 899);
    EXPECT_EQ(file.label_names, index.label_names);
    EXPECT_EQ(file.signer_names, index.signer_names);
    EXPECT_EQ(file.attributes.at("run"), path("run"));
    EXPECT_EQ(file.attributes.at("step"), "4");
    EXPECT_EQ(file.attributes.at("data"), file.attributes.at("trained_on"));
    EXPECT_EQ(file.attributes.at("method"), "sl-fpn");
    for (const auto& [name, value] : file.attributes) {
        EXPECT_EQ(told[name], value);
    }
    EXPECT_EQ(told["clips"], 900);
    EXPECT_EQ(told["width"], 16);
    const auto earlier = io::read_features(path("earlier.h5"));
    EXPECT_EQ(earlier.attributes.at("step"), "2");
    EXPECT_NE(earlier.attributes.at("weights"), file.attributes.at("weights"));
    EXPECT_FALSE(torch::equal(earlier.features, file.features));
}

TEST_F(Embed, RefusesByOptionAndWritesNothing) {
    done(pretrain("run", "--max-steps 1"));
    fs::create_directory(folder_ / "started");
    fs::copy_file(folder_ / "run/config.ini", folder_ / "started/config.ini");
    std::ofstream{folder_ / "there.h5"} << "precious";
    const auto output = " --output " + path("out.h5");
    const std::tuple<int, std::string, std::string> refused[]{
        {2, "embed" + output, "--run FOLDER is missing"},
        {2, "embed --run " + path("run"), "--output FILE.h5 is missing"},
        {2, "embed --run " + path("none") + output, "no config.ini there"},
        {2, "embed --run " + path("started") + output, "no checkpoint there yet"},
        {2, embed("there.h5"), "there.h5: there is a file of that name; --force replaces it"},
        {2, embed("no/folder.h5"), "create it first"},
        {2, embed("out.h5", "--signer S09"), "no signer S09; they have: S01, S02, S03"},
        {2, embed("out.h5", "--split trian"), "no split trian; they have: all"},
        {2, embed("out.h5", "--threads 0"), "--threads 0: expected 1 or more"},
        {2, embed("out.h5", "--random --checkpoint x.h5"), "--random takes no --checkpoint"},
        {2, "embed --checkpoint " + path("there.h5") + output, "give its --run FOLDER"},
        {3, embed("out.h5", "--data " + path("missing.h5")), path("missing.h5")},
        {3, embed("out.h5", "--checkpoint " + path("missing.h5")), path("missing.h5")},
        {3, embed("out.h5", "--checkpoint " + asl9), "asl9.h5"},
    };
    for (const auto& [code, arguments, error] : refused) {
        expect_refused(code, arguments, error);
        EXPECT_FALSE(fs::exists(folder_ / "out.h5")) << arguments;
    }
    EXPECT_EQ(fs::file_size(folder_ / "there.h5"), 8U);
    done(embed("there.h5", "--force"));
    EXPECT_EQ(io::read_features(path("there.h5")).features.size(0), 900);
}

TEST_F(Embed, RefusesStoresWithoutTheEncodersPoints) {
    done("repack " + asl9 + " --points upper-body --output " + path("few.h5"));
    done("pretrain --points all --blocks 1 --width 16 --heads 2 --max-steps 1 --data " + asl9 + " --run " +
         path("run"));

    expect_refused(2, embed("out.h5", "--data " + path("few.h5")), "pose.left_hip", 2);
}

TEST_F(Embed, RefusesADamagedCheckpointAndADamagedFileOfFeatures) {
    done(pretrain("run", "--max-steps 1"));
    done(embed("good.h5"));
    const auto checkpoint = folder_ / "run/checkpoints/step-000000001.h5";
    for (const auto& file : {checkpoint, folder_ / "good.h5"}) {
        std::fstream bytes{file, std::ios::in | std::ios::out | std::ios::binary};
        bytes.seekp(static_cast<std::streamoff>(fs::file_size(file) / 2));
        bytes.put('\x5a');
        bytes.put('\x5b');
    }

    expect_refused(3, embed("out.h5"), "every checkpoint is damaged", 2);
    expect_refused(3, embed("out.h5", "--checkpoint " + checkpoint.string()), "damaged");
    EXPECT_THROW(io::read_features(path("good.h5")), std::runtime_error);
    EXPECT_FALSE(fs::exists(folder_ / "out.h5"));
}

/// Makes a checkpoint look as if other code had written it. @return the code that really wrote it
std::string give_other_code(const fs::path& checkpoint) {
    auto content = io::read_checkpoint(checkpoint);
    auto own = content.attributes.at("code");
    content.attributes["code"] = other_code;
    io::write_checkpoint(checkpoint, content);
    return own;
}

TEST_F(EncoderOut, OfARunOfOtherCodeIsTrainedOnOnlyWhereThatIsAccepted) {
    done(pretrain("run", "--max-steps 1"));
    const auto own = give_other_code(folder_ / "run/checkpoints/step-000000001.h5");

    const auto note =
        done("evaluate --protocol knn --supervised-epochs 0 --bootstrap 10 --run " + path("run"));
    EXPECT_TRUE(note.says("trained by a program of code 0123456789abcdef")) << note.output;
    expect_refused(2, pretrain("run", "--max-steps 2"), "--accept-other-code", 2);
    const auto accepted = done(pretrain("run", "--max-steps 2 --accept-other-code"));
    EXPECT_TRUE(accepted.says("holds results of code 0123456789abcdef, and this program's code is " + own))
        << accepted.output;
    EXPECT_TRUE(accepted.says("continuing, as --accept-other-code asks")) << accepted.output;
    done(pretrain("run", "--max-steps 3"));
    EXPECT_EQ(io::read_checkpoint(folder_ / "run/checkpoints/step-000000003.h5").attributes.at("code"),
              "0123456789abcdef " + own);
}

TEST_F(EncoderOut, OfARunOfOtherCodeSaysSoAndRecordsBoth) {
    done(pretrain("run", "--max-steps 1"));
    const auto own = give_other_code(folder_ / "run/checkpoints/step-000000001.h5");

    const auto embedded = done("embed --run " + path("run") + " --output " + path("features.h5"), 2);
    const auto exported = done("export --run " + path("run") + " --output " + path("export"));

    EXPECT_EQ(embedded.count("trained by a program of code 0123456789abcdef"), 1) << embedded.output;
    EXPECT_EQ(exported.count("trained by a program of code 0123456789abcdef"), 1) << exported.output;
    const auto attributes = io::read_features(path("features.h5")).attributes;
    EXPECT_EQ(attributes.at("code"), own);
    EXPECT_EQ(attributes.at("trained_by"), other_code);
    const auto config = Json::parse(std::ifstream{folder_ / "export/config.json"});
    EXPECT_EQ(config["code"], own);
    EXPECT_EQ(config["trained_by"], other_code);
}

TEST_F(EncoderOut, OfRunsOfTwoCodesMakeOneResultOnlyWhereThatIsAccepted) {
    done(pretrain("run", "--max-steps 1"));
    done(pretrain("other", "--max-steps 1 --seed 1"));
    const auto own = give_other_code(folder_ / "other/checkpoints/step-000000001.h5");
    const auto evaluate = "evaluate --json --protocol knn --supervised-epochs 0 --bootstrap 10 --run " +
                          path("run") + " " + path("other");

    expect_refused(2, evaluate, "trained by a program of code 0123456789abcdef", 2);
    expect_refused(2, evaluate, "--accept-other-code");
    EXPECT_FALSE(fs::exists(folder_ / "run/evaluate/knn-2-runs.json"));
    done(evaluate + " --accept-other-code");

    const auto result = Json::parse(std::ifstream{folder_ / "run/evaluate/knn-2-runs.json"});
    EXPECT_EQ(result["code"], own);
    EXPECT_EQ(result["trained_by"], (Json{own, other_code}));
    EXPECT_NE(result["notes"].dump().find("trained by a program of code 0123456789abcdef"), std::string::npos)
        << result["notes"];
}

}  // namespace
}  // namespace sslslr::test
