// How settings in texts of io and src are shown: as options by commands, as entries by studies, and never
// with the marks that the program uses internally.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <vector>

#include "io/store/clip_store.hpp"
#include "tests/io/corpus/corpus_files.hpp"
#include "tests/launch/program.hpp"

namespace sslslr::test {
namespace {

namespace fs = std::filesystem;

/// Whether a text contains marks, as characters or in JSON's spelling.
bool holds_marks(const std::string& text) {
    const std::vector<std::string> marks{"\x1d", "\x1e", "\x1f", "\\u001d", "\\u001e", "\\u001f"};
    return std::ranges::any_of(marks, [&](const auto& mark) { return text.find(mark) != std::string::npos; });
}

class ShownSettings : public ProgramTest {
protected:
    std::string path(const std::string& name) const { return (folder_ / name).string(); }

    /// Runs a command and expects this exit code and each of these texts.
    void expect(int exit_code, const std::vector<std::string>& texts, const std::string& arguments,
                int ranks = 1) const {
        const auto outcome = run(program(ranks, arguments));
        EXPECT_EQ(outcome.exit_code, exit_code) << arguments << '\n' << outcome.output;
        for (const auto& text : texts) {
            EXPECT_TRUE(outcome.says(text)) << "not '" << text << "' but\n" << outcome.output;
        }
        EXPECT_FALSE(holds_marks(outcome.output)) << arguments << '\n' << outcome.output;
    }
    std::string text_of(const fs::path& file) const {
        std::ifstream stream{folder_ / file, std::ios::binary};
        return {std::istreambuf_iterator<char>{stream}, {}};
    }
    /// Expects no marks in any text file.
    void expect_no_marks_in_files() const {
        const std::vector<std::string> kinds{".json", ".jsonl", ".ini", ".txt"};
        int files = 0;
        for (const auto& entry : fs::recursive_directory_iterator{folder_}) {
            if (std::ranges::count(kinds, entry.path().extension().string()) > 0) {
                EXPECT_FALSE(holds_marks(text_of(entry.path().lexically_relative(folder_)))) << entry.path();
                ++files;
            }
        }
        EXPECT_GT(files, 0);
    }
    void write_array(const std::string& name, const std::vector<std::size_t>& shape) const {
        std::size_t values = 1;
        for (const auto size : shape) {
            values *= size;
        }
        io::test::write_bytes(
            folder_ / name,
            io::test::npy_bytes("<f4", shape, io::test::bytes_of(std::vector<float>(values, 0.5F))));
    }
    void write_study(const std::string& pretrain, const std::string& method,
                     const std::string& data = asl9) const {
        std::ofstream{folder_ / "s.ini"}
            << "runs = 1\n[pretrain]\nblocks = 1\nwidth = 16\nheads = 2\nmax-steps = 1\n"
            << pretrain << "\n[data asl9]\ndata = " << data
            << "\nleave-out-signer = S03\n[method simclr]\nmethod = simclr\n"
            << method << "\n[augmentation our]\ntitle = (our)\n[table 8]\ndata = asl9\n"
            << "methods = simclr\naugmentations = our\nmeasure = spread_end\n";
    }
    std::string study(const std::string& command) const {
        return "study " + command + " --study " + path("s.ini") + " --folder " + path("s");
    }
};

TEST_F(ShownSettings, AreOptionsInErrorsOfCommands) {
    expect(2, {"--temperature 0: expected more than 0"}, pretrain("r", "--method simclr --temperature 0"), 2);
    expect(2, {"--run FOLDER is required"}, "pretrain --data " + asl9);
    expect(2, {"--data STORE.h5 is required"}, "pretrain --run " + path("r"));
    expect(2, {"--classes 1: expected 2 to"},
           "prepare --from synthetic --classes 1 --output " + path("s.h5"));
    expect(2, {"--metadata-kind wlasl requires --metadata, the file"},
           "prepare --from npy --metadata-kind wlasl --input " + path("in") + " --output " + path("o.h5"));
    expect(2, {"--folds 1: expected 2 to the number of clips"},
           "split --by folds --folds 1 --output " + path("o.h5") + " " + asl9);
    expect(2, {"--step 0: expected 1 to"},
           "boundary plan --step 0 --study " + path("b") + " --data " + asl9 +
               " --leave-out-signer S03 --blocks 1 --width 16 --heads 2 --global-batch 50");
    expect(2, {"--run FOLDER is required"}, "evaluate");
    expect(2, {"--study FILE is required"}, "study run");
}

TEST_F(ShownSettings, AreOptionsInWhatAnImportReports) {
    write_array("in/tea/0.npy", {2, 75, 2});
    write_array("in/tea/1.npy", {2, 543, 3});
    write_array("in/milk/2.npy", {2, 2, 21, 2});

    const std::string order = "name the order with --point-order (";
    const std::string hands = "(otherwise use --point-order hands-42-right-first)";
    expect(0, {order, hands}, "prepare --from npy --input " + path("in") + " --output " + path("out.h5"), 2);

    const auto summary = nlohmann::json::parse(text_of("out.h5.summary.json"));
    ASSERT_EQ(summary["left_out"].size(), 1U);
    EXPECT_NE(summary["left_out"][0]["reason"].get<std::string>().find(order), std::string::npos) << summary;
    ASSERT_EQ(summary["repairs"].size(), 1U);
    EXPECT_NE(summary["repairs"].begin().key().find(hands), std::string::npos) << summary;
    expect_no_marks_in_files();
    const auto store = io::ClipStore::open({path("out.h5")});
    for (const auto& [name, text] : store.index().attributes) {
        EXPECT_FALSE(holds_marks(text)) << name;
    }
}

TEST_F(ShownSettings, AreOptionsInResultsAndReports) {
    ASSERT_EQ(run(program(1, pretrain("r", "--max-steps 1"))).exit_code, 0);
    expect(
        0, {"--neighbours 1000: only"},
        "evaluate --protocol knn --supervised-epochs 0 --bootstrap 50 --neighbours 1000 --run " + path("r"));
    EXPECT_NE(text_of("r/evaluate/knn.json").find("--neighbours 1000: only"), std::string::npos);

    expect(0, {},
           "boundary plan --sides start --data " + asl9 +
               " --leave-out-signer S03 --blocks 1 --width 16 --heads 2 --global-batch 50 "
               "--study " +
               path("b"));
    expect(0, {"not searched: --sides"}, "boundary status --study " + path("b"));
    expect(0, {"not searched: --sides"}, "boundary status --json --study " + path("b"));
    expect(0, {}, "boundary report --json --study " + path("b"));
    expect(0, {}, "inspect --json " + asl9);
    expect_no_marks_in_files();
}

TEST_F(ShownSettings, OfAStudyAreEntriesOfItsFile) {
    write_study("frames = 0", "");
    const auto refused = run(program(2, study("run")));
    EXPECT_EQ(refused.exit_code, 2) << refused.output;
    EXPECT_EQ(refused.count("s.ini, [data asl9]"), 1) << refused.output;
    EXPECT_TRUE(refused.says(": frames = 0: expected 1 or more")) << refused.output;
    EXPECT_TRUE(refused.says("sslslr: --study " + path("s.ini"))) << refused.output;
    expect(2, {"sslslr: --memory-limit much: expected bytes"}, study("run --memory-limit much"));

    write_study("", "", folder_.string());
    const auto no_store = run(program(2, study("run")));
    EXPECT_EQ(no_store.exit_code, 3) << no_store.output;
    EXPECT_EQ(no_store.count("--study " + path("s.ini") + ", [data asl9], line 8: "), 1) << no_store.output;
    EXPECT_TRUE(no_store.says("but data needs clip stores")) << no_store.output;
    EXPECT_FALSE(no_store.says("--data")) << no_store.output;

    write_study("", "temperature = 0");
    EXPECT_EQ(run(program(2, study("run"))).exit_code, 5);
    expect(0, {"temperature = 0: expected more than 0"}, study("status"));
    EXPECT_FALSE(run(program(1, study("status"))).says("--temperature"));
    expect_no_marks_in_files();
}

}  // namespace
}  // namespace sslslr::test
