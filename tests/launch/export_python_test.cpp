// Exports that Python's torch reads without any code of this program.
#include <cmath>
#include <filesystem>
#include <limits>
#include <regex>

#include "tests/io/corpus/corpus_files.hpp"
#include "tests/launch/encoder_out.hpp"

namespace sslslr::test {
namespace {

namespace fs = std::filesystem;

class ExportInPython : public EncoderOut {
protected:
    /// Trains on clips of 20 to 60 frames and exports the run with a sample. @return the folder of the export
    std::string exported(const std::string& name, const std::string& model) const {
        done("prepare --from synthetic --clips 60 --length 40 --length-spread 20 --seed 3 --output " +
             path(name + ".h5"));
        done("pretrain --blocks 2 --width 16 --heads 4 --max-steps 3 --learning-rate 0.1 --data " +
             path(name + ".h5") + " --run " + path(name) + " " + model);
        done("export --sample 16 --run " + path(name) + " --output " + path(name + ".out"));
        return path(name + ".out");
    }

    static Outcome python(const std::string& script) { return run(SSLSLR_PYTHON_TORCH " " + script); }

    static double difference(const Outcome& outcome) {
        std::smatch match;
        const bool is_told =
            std::regex_search(outcome.output, match, std::regex{"largest difference ([^\n]+)"});
        return is_told ? std::stod(match[1]) : 1;
    }
};

TEST_F(ExportInPython, TheReaderGivesTheFeaturesOfEveryKindOfEncoder) {
    const std::string kinds[]{"",
                              "--pooling mean",
                              "--position sinusoidal",
                              "--layer-norm blocks",
                              "--layer-norm none --pooling mean",
                              "--precision bfloat16",
                              "--inputs positions velocities bones hands validity",
                              "--inputs velocities hands --pooling mean"};
    int number = 0;
    for (const auto& kind : kinds) {
        const auto folder = exported("run" + std::to_string(number++), kind);

        const auto outcome = python(folder + "/encoder.py");

        EXPECT_EQ(outcome.exit_code, 0) << kind << '\n' << outcome.output;
        EXPECT_FALSE(outcome.says("of 60 to 60 frames")) << "clips of one length";
        EXPECT_LT(difference(outcome), 1e-5) << kind << '\n' << outcome.output;
    }
}

TEST_F(ExportInPython, TheDescriptionSufficesToPreprocessClipsAnew) {
    const std::string ways[]{"", "--points all --frames 12 --inputs positions validity --smooth",
                             "--frames 9 --shorten first --normalise=false --canonical-hand",
                             "--frames 20 --inputs hands validity --canonical-hand"};
    int number = 0;
    for (const auto& way : ways) {
        const auto name = path("run" + std::to_string(number++));
        done("pretrain --blocks 1 --width 16 --heads 2 --max-steps 1 --data " + asl9 + " --run " + name +
             " " + way);
        done("export --sample 40 --run " + name + " --output " + name + ".out");

        const auto outcome = python(std::string{SSLSLR_SOURCE_DIR} + "/tests/launch/check_preprocessing.py " +
                                    name + ".out " + asl9);

        EXPECT_EQ(outcome.exit_code, 0) << way << '\n' << outcome.output;
        EXPECT_LT(difference(outcome), 1e-4) << way << '\n' << outcome.output;
    }
}

TEST_F(ExportInPython, TheDescriptionSufficesForHandsAloneOfWhichPointsAreMissing) {
    constexpr std::size_t points = 42;
    constexpr std::size_t frames = 12;
    for (int clip = 0; clip < 9; ++clip) {
        std::vector<float> values;
        for (std::size_t at = 0; at < frames * points; ++at) {
            const auto frame = at / points;
            const auto point = at % points;
            const bool is_missing = (clip % 3 == 0 && point >= 21) ||
                                    (point == 8 && frame > 3 && frame < 9) ||
                                    (clip % 3 == 1 && point < 21 && frame == 5);
            for (const double turn : {0.0, 0.7}) {
                const auto angle = turn + 0.4 * clip + 0.1 * static_cast<double>(frame * frame) +
                                   0.3 * static_cast<double>(point * (frame + 1));
                values.push_back(is_missing ? std::numeric_limits<float>::quiet_NaN()
                                            : static_cast<float>(0.5 + 0.2 * std::sin(angle)));
            }
        }
        io::test::write_bytes(folder_ / "in" / (std::to_string(clip) + ".npy"),
                              io::test::npy_bytes("<f4", {frames, points, 2}, io::test::bytes_of(values)));
    }
    done("prepare --from npy --point-order hands-42 --input " + path("in") + " --output " + path("hands.h5"));
    const auto trained = done("pretrain --blocks 1 --width 16 --heads 2 --max-steps 1 --data " +
                              path("hands.h5") + " --run " + path("run"));
    done("export --sample 9 --run " + path("run") + " --output " + path("out"));

    const auto outcome = python(std::string{SSLSLR_SOURCE_DIR} + "/tests/launch/check_preprocessing.py " +
                                path("out") + " " + path("hands.h5"));

    EXPECT_TRUE(trained.says("warning: 9 of 9 clips show no shoulders")) << trained.output;
    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_LT(difference(outcome), 1e-4) << outcome.output;
}

TEST_F(ExportInPython, TheReadersOwnCheckFindsOtherFeatures) {
    const auto folder = exported("a", "");
    const auto other = exported("b", "--seed 1");
    fs::copy_file(other + "/sample.h5", folder + "/sample.h5", fs::copy_options::overwrite_existing);

    const auto outcome = python(folder + "/encoder.py");

    EXPECT_EQ(outcome.exit_code, 1) << outcome.output;
    EXPECT_GT(difference(outcome), 1e-3);
}

TEST_F(ExportInPython, TheTorchScriptGivesTheFeaturesAndCanBeTrainedOn) {
    const auto folder = exported("run", "--pooling mean --inputs positions velocities bones hands validity");

    const auto outcome =
        python(std::string{SSLSLR_SOURCE_DIR} + "/tests/launch/check_torchscript.py " + folder);

    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_LT(difference(outcome), 1e-5) << outcome.output;
    EXPECT_TRUE(outcome.says("blocks.1.attention.qkv.weight")) << outcome.output;
    EXPECT_TRUE(outcome.says("without gradient 0")) << outcome.output;
}

TEST_F(ExportInPython, TheReadmesTenLinesGiveACheckpointsFeatures) {
    const auto folder = exported("run", "");

    const auto outcome = python(std::string{SSLSLR_SOURCE_DIR} + "/tests/launch/check_checkpoint.py " +
                                path("run") + "/checkpoints/step-000000003.h5 4 " + folder + "/sample.h5");

    EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
    EXPECT_LT(difference(outcome), 1e-5) << outcome.output;
}

}  // namespace
}  // namespace sslslr::test
