#include <chrono>
#include <cstdlib>
#include <fstream>
#include <random>
#include <stdexcept>

#include <gtest/gtest.h>

#include "io/file/sealed_file.hpp"
#include "io/hdf5/foreign_trial.hpp"
#include "io/store/clip_store.hpp"
#include "io/store/store_index.hpp"
#include "tests/io/hdf5_files.hpp"
#include "tests/io/store_files.hpp"

namespace sslslr::io::test {
namespace {

class ForeignStoreTest : public testing::Test {
protected:
    std::string error_with(const ClipIndex& index) {
        write_foreign(path_, index);
        return error_of_opening(path_);
    }

    TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "foreign.h5";
    ClipIndex index_ = sample_index();
};

TEST_F(ForeignStoreTest, NamesOfClipsThatAreNotUtf8AreRefused) {
    index_.names = {"a", "b", "c\xE9", "d", "e"};
    EXPECT_TRUE(problem_of(index_).starts_with(
        "/clips/name: expected names in UTF-8, found 'c\\xE9' at entry 2: write it again"))
        << problem_of(index_);
}

TEST_F(ForeignStoreTest, ErrorsNameObjectExpectationAndFinding) {
    const auto expect = [&](const auto& spoil, const std::string& text) {
        auto index = sample_index();
        spoil(index);
        const auto error = error_with(index);
        EXPECT_NE(error.find("foreign.h5: " + text), std::string::npos) << error;
    };

    expect([](auto& i) { i.offsets[0] = 1; }, "/clips/offset: expected the first entry to be 0, found 1");
    expect([](auto& i) { i.offsets[2] = 9; },
           "/clips/offset: expected ascending entries, found 7 after 9 at entry 3");
    expect([](auto& i) { i.labels[1] = 3; },
           "/clips/label: expected numbers from -1 to 2, found 3 at entry 1");
    expect([](auto& i) { i.labels[1] = -2; },
           "/clips/label: expected numbers from -1 to 2, found -2 at entry 1");
    expect([](auto& i) { i.labels.pop_back(); }, "/clips/label: expected 5 entries, one per clip, found 4");
    expect([](auto& i) { i.signers[4] = 2; },
           "/clips/signer: expected numbers from -1 to 1, found 2 at entry 4");
    expect([](auto& i) { i.ids.push_back(1); }, "/clips/id: expected 5 entries, one per clip, found 6");
    expect([](auto& i) { i.label_names[1] = "tea"; }, "/labels: expected each name once, found 'tea' twice");
    expect([](auto& i) { i.label_names[1] = "h\xE9llo"; },
           "/labels: expected names in UTF-8, found 'h\\xE9llo' at entry 1");
    expect([](auto& i) { i.signer_names[0] = "\xFF"; },
           "/signers: expected names in UTF-8, found '\\xFF' at entry 0");
    expect([](auto& i) { i.splits["tr\xE9"] = {0}; }, "/splits: expected names in UTF-8, found 'tr\\xE9'");
    expect(
        [](auto& i) {
            i.splits["train"] = {0, 5};
        },
        "/splits/train: expected numbers from 0 to 4, found 5 at entry 1");
    expect(
        [](auto& i) {
            i.splits["train"] = {3, 1, 3};
        },
        "/splits/train: expected each clip once, found clip 3 twice");
    expect([](auto& i) { i.attributes["schema"] = "photos"; },
           "attribute schema: expected 'sslslr-clips', found 'photos'");
    expect([](auto& i) { i.attributes["version"] = "2"; }, "attribute version: expected '1', found '2'");
    expect([](auto& i) { i.attributes["coordinates"] = "x,y,z"; },
           "attribute coordinates: expected 2 entries");
}

TEST_F(ForeignStoreTest, AStoreMadeByHandIsToldWhichAttributesAndDatasetsItLacks) {
    const auto sketch = [&](const std::vector<std::pair<std::string, std::string>>& attributes,
                            hsize_t axes) {
        const Hdf5Sketch file{path_};
        file.put("/landmarks", {4, 75, axes});
        for (const auto* const name : {"/clips/offset", "/clips/label", "/clips/id"}) {
            file.put(name, {2}, 0, H5T_STD_I64LE);
        }
        for (const auto& [name, value] : attributes) {
            file.put_attribute("/", name, value);
        }
    };
    sketch({}, 2);
    const auto file = path_.string();
    EXPECT_EQ(error_of_opening(path_),
              file +
                  ": expected a clip store, found its datasets without the attributes "
                  "schema='sslslr-clips', version='1', coordinates='x,y', and no /clips/signer, /labels, "
                  "/signers, /points: add them with python3 -c \"import h5py; h5py.File('" +
                  file + "', 'a').attrs.update(schema='sslslr-clips', version='1', coordinates='x,y')\"");
    sketch({{"schema", "sslslr-clips"}, {"version", "1"}}, 3);
    EXPECT_NE(error_of_opening(path_).find("without the attributes coordinates='x,y,z', and no"),
              std::string::npos);
}

TEST_F(ForeignStoreTest, LandmarksMustHaveTheFramesThatTheOffsetsEndAt) {
    auto index = index_;
    write_foreign(path_, index);
    // Changes only the last offset in the file, from 10 to 9.
    std::fstream file{path_, std::ios::binary | std::ios::in | std::ios::out};
    std::string all{std::istreambuf_iterator<char>{file}, {}};
    const std::string last_two{"\0\0\0\x08\0\0\0\x0a", 8};
    const auto place = all.find(last_two);
    ASSERT_NE(place, std::string::npos);
    file.seekp(static_cast<std::streamoff>(place + 7));
    file.put('\x09');
    file.close();

    const auto error = error_of_opening(path_);

    EXPECT_NE(error.find("/clips/offset: expected the last entry to be the 10 frames of /landmarks, found 9"),
              std::string::npos)
        << error;
}

TEST_F(ForeignStoreTest, Float64IsReadAsFloat32AndOtherTypesAreNamed) {
    for (const bool is_compressed : {false, true}) {
        write_foreign(path_, index_, is_compressed, "float64");
        const auto store = ClipStore::open({path_.string()});
        EXPECT_TRUE(same_values(read_all(store), sample_values(index_)));
        EXPECT_FALSE(store.is_float16());
    }

    write_foreign(path_, index_, false, "int16");
    const auto error = error_of_opening(path_);
    EXPECT_NE(error.find(
                  "/landmarks: expected values of type float16, float32 or float64, found int16; write them"),
              std::string::npos)
        << error;
}

TEST_F(ForeignStoreTest, DamagedFilesAreRefusedOrReadButNeverCrashOrHang) {
    int refused = 0;
    constexpr int seeds = 60;
    for (int seed = 0; seed < seeds; ++seed) {
        write_foreign(path_, index_, seed % 2 == 0);
        std::mt19937_64 random{static_cast<std::uint64_t>(seed)};
        const auto bytes = std::filesystem::file_size(path_);
        for (int flips = 1 + seed % 4; flips > 0; --flips) {
            const auto byte = random() % bytes;
            flip_bit(path_, byte, random() % 8);
        }
        refused += static_cast<int>(error_of([&] { read_all(ClipStore::open({path_.string()})); }) !=
                                    "no DataError");
    }

    EXPECT_GT(refused, seeds / 10) << "the flips hit nothing";
}

TEST_F(ForeignStoreTest, TruncatedFilesAreRefused) {
    write_foreign(path_, index_);
    const auto bytes = std::filesystem::file_size(path_);

    for (std::uint64_t place = 0; place < 50; ++place) {
        std::filesystem::resize_file(path_, bytes - 1 - (bytes - 1) * place / 50);
        EXPECT_NE(error_of_opening(path_), "no DataError") << place;
    }
}

TEST_F(ForeignStoreTest, ChildThatCrashesExitsOrFailsBecomesADataError) {
    std::ofstream{path_} << "x";
    const auto outcome = [&](const std::function<std::vector<std::uint64_t>()>& work) {
        return error_of([&] { run_in_child(path_, work); });
    };

    EXPECT_NE(outcome([]() -> std::vector<std::uint64_t> { std::abort(); }).find("cannot read it"),
              std::string::npos);
    EXPECT_NE(outcome([]() -> std::vector<std::uint64_t> { std::_Exit(0); }).find("without an answer"),
              std::string::npos);
    EXPECT_NE(outcome([]() -> std::vector<std::uint64_t> {
                  throw std::runtime_error{"too long"};
              }).find("too long"),
              std::string::npos);
    EXPECT_NE(outcome([] { return std::vector<std::uint64_t>(std::size_t{1} << 40); }), "no DataError");
    EXPECT_EQ(run_in_child(path_,
                           [] {
                               return std::vector<std::uint64_t>{1, 2};
                           }),
              (std::vector<std::uint64_t>{1, 2}));
}

TEST_F(ForeignStoreTest, ChildThatNeverEndsIsStoppedAfterFiveSecondsOfComputing) {
    std::ofstream{path_} << "x";
    const auto start = std::chrono::steady_clock::now();
    const auto hang = [start] {
        while (std::chrono::steady_clock::now() >= start) {
        }
        return std::vector<std::uint64_t>{};
    };

    const auto error = error_of([&] { run_in_child(path_, hang); });

    EXPECT_NE(error.find("did not end within 5 s of CPU time"), std::string::npos) << error;
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{60});
}

}  // namespace
}  // namespace sslslr::io::test
