// The error for a folder that is one level too high or too low names the right one.
#include "io/corpus/nearby_root.hpp"

#include <gtest/gtest.h>

#include "io/file/data_error.hpp"
#include "io/file/setting.hpp"
#include "tests/io/corpus/corpus_files.hpp"
#include "tests/io/store_files.hpp"

namespace sslslr::io::test {
namespace {

namespace fs = std::filesystem;

class NearbyRootTest : public testing::Test {
protected:
    void write(const std::string& name, const std::string& bytes) const {
        write_bytes(folder_ / name, bytes);
    }
    static std::string array(const std::vector<std::size_t>& shape) {
        std::size_t values = 1;
        for (const auto size : shape) {
            values *= size;
        }
        return npy_bytes("<f4", shape, bytes_of(std::vector<float>(values, 0.5F)));
    }
    std::string advice(const std::string& format, const std::string& input) const {
        return as_options(advice_on_root({.format = format, .input = folder_ / input}));
    }
    std::string expected(const std::string& format, const std::string& root) const {
        return "--input " + (folder_ / root).string() + " holds clips of --from " + format;
    }
    std::string error(const std::string& format, const std::string& input) const {
        return error_of([&] { open_corpus({.format = format, .input = folder_ / input}); });
    }

    TemporaryFolder folder_;
};

TEST_F(NearbyRootTest, IsSeenAboveAndBelowForMpData) {
    write("data/notes/a.txt", "nothing");
    for (const std::string frame : {"0", "1"}) {
        write("data/MP_Data/hello/0/" + frame + ".npy", array({1662}));
        write("data/MP_Data/thanks/0/" + frame + ".npy", array({1662}));
    }
    EXPECT_EQ(advice("mp-data", "data"), expected("mp-data", "data/MP_Data"));
    EXPECT_EQ(advice("mp-data", "data/MP_Data/hello"), expected("mp-data", "data/MP_Data"));
    const auto found = error("mp-data", "data");
    EXPECT_TRUE(found.ends_with("; " + expected("mp-data", "data/MP_Data"))) << found;
}

TEST_F(NearbyRootTest, IsSeenAboveAndBelowForLsfb) {
    write("data/LSFB/instances.csv", "id,sign,signer,start,end\nA,TEA,S1,0,10\n");
    write("data/LSFB/metadata/splits/train.json", R"(["A"])");
    write("data/LSFB/poses/pose/A.npy", array({2, 33, 3}));
    write("data/LSFB/poses/left_hand/A.npy", array({2, 21, 3}));
    write("data/LSFB/poses/right_hand/A.npy", array({2, 21, 3}));
    for (const std::string wrong : {"data", "data/LSFB/poses"}) {
        const auto found = error("lsfb", wrong);
        EXPECT_TRUE(found.ends_with("; " + expected("lsfb", "data/LSFB"))) << found;
    }
}

TEST_F(NearbyRootTest, IsSeenAboveForAslCitizen) {
    write("data/splits/train.csv", "Participant ID,Video file,Gloss\nP1,a.mp4,TEA\n");
    write("data/splits/val.csv", "Participant ID,Video file,Gloss\n");
    write("data/splits/test.csv", "Participant ID,Video file,Gloss\n");
    write("data/poses/a.npy", array({2, 543, 2}));
    const auto found = error("asl-citizen", "data/poses");
    EXPECT_TRUE(found.ends_with("; " + expected("asl-citizen", "data"))) << found;
}

TEST_F(NearbyRootTest, IsNotSoughtByOpeningAFolderWithoutArrays) {
    write("home/papers/2024/a.pdf", "text");
    write("home/a.npy", array({1662}));
    write("home/.cache/a/0.npy", array({1662}));
    write("home/x/y/z/0.npy", array({1662}));
    write("home/typo/notes.txt", "nothing");
    std::vector<fs::path> opened;
    const auto open = [&](const CorpusOptions& options) {
        opened.push_back(options.input);
        return open_corpus(options);
    };

    EXPECT_EQ(advice_on_root({.format = "mp-data", .input = folder_ / "home/typo"}, open), "");
    EXPECT_TRUE(opened.empty());

    write("home/hello/0/0.npy", array({1662}));
    EXPECT_EQ(as_options(advice_on_root({.format = "mp-data", .input = folder_ / "home/typo"}, open)),
              expected("mp-data", "home"));
    EXPECT_EQ(opened, std::vector{folder_ / "home"});
}

TEST_F(NearbyRootTest, IsNotMadeUp) {
    write("data/MP_Data/hello/0/notes.txt", "no frame");
    write("data/arrays/a.npy", array({2, 75, 3}));
    EXPECT_EQ(advice("mp-data", "data"), "");
    EXPECT_EQ(advice("mp-data", "nowhere"), "");
    EXPECT_EQ(advice("npy", "data/MP_Data"), "") << "found at any depth";
    EXPECT_EQ(error("lsfb", "data").find("--input"), std::string::npos);
}

}  // namespace
}  // namespace sslslr::io::test
