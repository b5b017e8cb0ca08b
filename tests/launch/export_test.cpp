// Encoders exported by the program, and the example that uses one.
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <tuple>

#include <torch/script.h>
#include <unistd.h>

#include "io/store/clip_store.hpp"
#include "io/tensors/checkpoint_file.hpp"
#include "tests/launch/encoder_out.hpp"

namespace sslslr::test {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

class Export : public EncoderOut {
protected:
    std::string exported(const std::string& folder, const std::string& more = "") const {
        return "export --run " + path("run") + " --output " + path(folder) + " " + more;
    }
    std::set<std::string> files(const std::string& folder) const {
        std::set<std::string> names;
        for (const auto& entry : fs::directory_iterator{folder_ / folder}) {
            names.insert(entry.path().filename().string());
        }
        return names;
    }
    Json config(const std::string& folder) const {
        return Json::parse(std::ifstream{folder_ / folder / "config.json"});
    }
};

TEST_F(Export, TheTorchScriptGivesTheFeaturesOfTheSample) {
    done("prepare --from synthetic --clips 90 --length 40 --length-spread 20 --seed 3 --output " +
         path("signs.h5"));
    done("pretrain --data " + path("signs.h5") +
         " --frames 25 --blocks 2 --width 16 --heads 2 --precision float64 --pooling mean --max-steps 2 "
         "--run " +
         path("run"));
    const auto told = Json::parse(done(exported("out", "--sample 12 --json"), 2).output);

    EXPECT_EQ(told["sample"], 12);
    EXPECT_EQ(files("out"),
              (std::set<std::string>{"config.json", "encoder.h5", "encoder.pt", "encoder.py", "sample.h5"}));
    const auto sample = io::read_checkpoint(folder_ / "out/sample.h5").tensors;
    EXPECT_LT(sample.at("lengths").min().item<std::int64_t>(), 25);
    EXPECT_EQ(sample.at("lengths").max().item<std::int64_t>(), 25) << "longer ones are shortened";
    EXPECT_EQ(sample.at("numbers").size(0), 12);
    auto script = torch::jit::load(path("out/encoder.pt"));
    const torch::NoGradGuard no_grad;
    const auto found = script.forward({sample.at("frames"), sample.at("lengths")}).toTensor();
    EXPECT_EQ(found.sizes(), torch::IntArrayRef({12, 16}));
    EXPECT_LT((found - sample.at("features")).abs().max().item<double>(), 1e-5);
    EXPECT_GT(found.std(0).min().item<double>(), 0) << "clips differ";
}

TEST_F(Export, WritesTheWeightsOfTheChosenCheckpointAndWhereTheyComeFrom) {
    done(pretrain("run", "--max-steps 4 --checkpoint-every 2"));
    const auto checkpoint = path("run/checkpoints/step-000000002.h5");
    done("export --checkpoint " + checkpoint + " --output " + path("out") + " --format weights");

    EXPECT_EQ(files("out"), (std::set<std::string>{"config.json", "encoder.h5", "encoder.py"}));
    const auto found = io::read_checkpoint(folder_ / "out/encoder.h5");
    const auto original = io::read_checkpoint(checkpoint);
    std::size_t tensors = 0;
    for (const auto& [name, tensor] : original.tensors) {
        if (name.starts_with("model/encoder.")) {
            ++tensors;
            EXPECT_TRUE(torch::equal(found.tensors.at(name), tensor)) << name;
        }
    }
    EXPECT_EQ(found.tensors.size(), tensors) << "the encoder alone";
    const auto described = config("out");
    EXPECT_EQ(described["step"], "2");
    EXPECT_EQ(described["trained_on"], original.attributes.at("data"));
    EXPECT_EQ(described["encoder"]["heads"], 2);
    EXPECT_EQ(described["preprocessing"]["features"].size(), described["encoder"]["features"]);
    std::ostringstream reader;
    reader << std::ifstream{folder_ / "out/encoder.py"}.rdbuf();
    std::ostringstream source;
    source << std::ifstream{std::string{SSLSLR_SOURCE_DIR} + "/src/export/encoder.py"}.rdbuf();
    EXPECT_EQ(reader.str(), source.str());
}

TEST_F(Export, ReplacesAnEarlierExportByForceAndNothingElse) {
    done(pretrain("run", "--max-steps 1"));
    done(exported("out", "--sample 2"));
    fs::create_directory(folder_ / "precious");
    std::ofstream{folder_ / "precious/thesis.txt"} << "years";

    expect_refused(2, exported("out"), "--force replaces an export");
    done(exported("out", "--force --format torchscript"));
    expect_refused(3, exported("precious", "--force"), "holds thesis.txt, which no export writes", 2);

    EXPECT_EQ(files("out"), (std::set<std::string>{"config.json", "encoder.pt"}));
    EXPECT_EQ(files("precious"), std::set<std::string>{"thesis.txt"});
    EXPECT_FALSE(fs::exists(folder_ / "out.partial"));
}

TEST_F(Export, RefusesByOptionAndWritesNothing) {
    done(pretrain("run", "--max-steps 1"));
    fs::create_directory(folder_ / "started");
    fs::copy_file(folder_ / "run/config.ini", folder_ / "started/config.ini");
    const auto output = " --output " + path("out");
    const std::tuple<int, std::string, std::string> refused[]{
        {2, "export" + output, "--run FOLDER is missing"},
        {2, "export --run " + path("run"), "--output FOLDER is missing"},
        {2, "export --run " + path("none") + output, "no config.ini there"},
        {2, "export --run " + path("started") + output, "no checkpoint there yet"},
        {2, exported("out", "--format onnx"), "--format onnx: expected weights, torchscript or both"},
        {2, exported("out", "--sample=-1"), "--sample -1: expected 0 or more"},
        {2, exported("out", "--data " + asl9), "--data belongs to --sample"},
        {3, exported("out", "--checkpoint " + asl9), "asl9.h5"},
        {3, exported("out", "--sample 2 --data " + path("missing.h5")), path("missing.h5")},
    };
    for (const auto& [code, arguments, error] : refused) {
        expect_refused(code, arguments, error);
        EXPECT_FALSE(fs::exists(folder_ / "out")) << arguments;
    }
}

#ifdef SSLSLR_WITH_MOUNTS
TEST_F(Export, AFullDiskEndsWithAClearErrorAndNothingHalfWritten) {
    done(pretrain("run", "--max-steps 1"));
    const auto tiny = path("tiny");  // a separate file system of 64 KiB
    fs::create_directory(tiny);
    for (const auto& command :
         {"export --format weights --output " + tiny + "/out",
          "export --format torchscript --output " + tiny + "/out", "embed --output " + tiny + "/out.h5"}) {
        const auto outcome =
            run(SSLSLR_WITH_MOUNTS " sh -c 'mount -t tmpfs -o size=64k tmpfs " + tiny +
                " || exit 8; head -c 28k /dev/zero > " + tiny + "/full; " SSLSLR_PROGRAM " " + command +
                " --run " + path("run") + "; echo ended with $?; ls -A " + tiny + "'");

        ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
        EXPECT_TRUE(outcome.says("ended with 3\nfull\n")) << command << '\n' << outcome.output;
        EXPECT_TRUE(outcome.says("tiny/out")) << outcome.output;
    }
}
#endif

TEST_F(Export, RefusesACheckpointOfAnotherModelAndADamagedOne) {
    done(pretrain("run", "--max-steps 1"));
    done("pretrain --blocks 1 --width 32 --heads 2 --max-steps 1 --data " + asl9 + " --run " + path("wide"));
    const auto checkpoint = folder_ / "run/checkpoints/step-000000001.h5";

    expect_refused(2, exported("out", "--checkpoint " + path("wide/checkpoints/step-000000001.h5")),
                   "in the checkpoint, ");
    fs::resize_file(checkpoint, fs::file_size(checkpoint) - 100);
    expect_refused(3, exported("out"), "every checkpoint is damaged", 2);
    EXPECT_FALSE(fs::exists(folder_ / "out"));
}

/// Classifies clips of S03, a signer of whom neither the encoder nor the labelled features have seen a clip.
TEST_F(Export, TheExampleNamesClipsOfAnUnseenSignerMoreOftenThanChance) {
    done(pretrain("run", "--max-steps 30"));
    done(exported("out", "--format torchscript"));
    done("embed --labelled --leave-out-signer S03 --run " + path("run") + " --output " + path("features.h5"));
    const auto store = io::ClipStore::open({asl9});
    const auto& index = store.index();
    std::vector<std::size_t> clips;
    std::string numbers;
    for (std::size_t clip = 0; clip < index.labels.size(); clip += 3) {
        if (index.signer_names[static_cast<std::size_t>(index.signers[clip])] == "S03" &&
            index.label_names[static_cast<std::size_t>(index.labels[clip])] != "-") {
            clips.push_back(clip);
            numbers += " " + std::to_string(clip);
        }
    }

    const auto outcome =
        run(SSLSLR_CLASSIFY_CLIP " " + path("out") + " " + asl9 + " " + path("features.h5") + numbers);

    ASSERT_EQ(outcome.exit_code, 0) << outcome.output;
    std::istringstream lines{outcome.output};
    double right = 0;
    for (const auto clip : clips) {
        std::size_t number = 0;
        std::string sign;
        double share = 0;
        ASSERT_TRUE(lines >> number >> sign >> share) << outcome.output;
        EXPECT_EQ(number, clip);
        right += sign == index.label_names[static_cast<std::size_t>(index.labels[clip])] ? 1 : 0;
    }
    EXPECT_GT(clips.size(), 60U);
    EXPECT_GT(right / static_cast<double>(clips.size()), 3.0 / 9) << "chance is one in nine";
}

TEST_F(Export, TheExampleSaysWhatIsWrong) {
    std::ofstream{folder_ / "config.json"} << "{}";
    const std::pair<std::string, std::string> refused[]{
        {path("none") + " " + asl9 + " features.h5 1", "config.json"},
        {folder_.string() + " " + asl9 + " features.h5 1", "expected the config.json of an export"},
        {"", "usage: classify_clip"},
    };
    for (const auto& [arguments, error] : refused) {
        const auto outcome = run(SSLSLR_CLASSIFY_CLIP " " + arguments);
        EXPECT_NE(outcome.exit_code, 0);
        EXPECT_TRUE(outcome.says(error)) << outcome.output;
    }
}

}  // namespace
}  // namespace sslslr::test
