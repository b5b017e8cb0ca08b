// Stores of other programs whose values are elsewhere, were never written, or cannot be decoded here.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/io/hdf5_files.hpp"
#include "tests/io/store_files.hpp"

namespace sslslr::io::test {
namespace {

class StoreStorageTest : public testing::Test {
protected:
    StoreStorageTest() {
        write_foreign(path_, index_);
        const auto frames = static_cast<hsize_t>(index_.frames());
        shape_ = {frames, index_.point_names.size(), static_cast<hsize_t>(index_.coordinates)};
    }

    /// Replaces /landmarks by another dataset.
    void replace(hid_t creation, bool is_written) const {
        const hdf5::FileHandle file{H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT)};
        H5Ldelete(file.id(), "landmarks", H5P_DEFAULT);
        const hdf5::Space space{H5Screate_simple(3, shape_.data(), nullptr)};
        const hdf5::Dataset made{H5Dcreate2(file.id(), "landmarks", H5T_IEEE_F32LE, space.id(), H5P_DEFAULT,
                                            creation, H5P_DEFAULT)};
        if (is_written) {
            H5Dwrite(made.id(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                     sample_values(index_).data());
        }
    }

    TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "a.h5";
    ClipIndex index_ = sample_index();
    hdf5::Shape shape_;
};

TEST_F(StoreStorageTest, AVirtualDatasetIsReadWhileItsSourcesAreThere) {
    {
        const Hdf5Sketch part{folder_ / "part.h5"};
        part.put("/x", shape_, 0.5F);
    }
    replace(as_virtual(shape_, {{"part.h5", "/x", shape_[0]}}).id(), false);
    const auto values = read_all(ClipStore::open({path_.string()}));
    EXPECT_TRUE(std::ranges::all_of(values, [](float value) { return value == 0.5F; }));

    std::filesystem::remove(folder_ / "part.h5");

    const auto error = error_of_opening(path_);
    EXPECT_NE(error.find("a.h5: /landmarks: a virtual dataset: /x in part.h5 is missing or cannot be opened"),
              std::string::npos)
        << error;
}

TEST_F(StoreStorageTest, SourcesOfTheSameFramesDoNotMakeUpForAGap) {
    const auto all = shape_[0];
    const auto part = [&](hsize_t frames) {
        auto shape = shape_;
        shape[0] = frames;
        const auto file = std::to_string(frames) + ".h5";
        Hdf5Sketch{folder_ / file}.put("/x", shape, 0.5F);
        return file;
    };
    const VirtualSource first{part(all - 2), "/x", all - 2, 0};
    replace(as_virtual(shape_, {first, {part(2), "/x", 2, 0}}).id(), false);

    const auto error = error_of_opening(path_);

    EXPECT_NE(error.find(std::to_string(2 * shape_[1] * shape_[2]) + " of "), std::string::npos) << error;
    EXPECT_NE(error.find("values have no source"), std::string::npos) << error;

    replace(as_virtual(shape_, {first, {part(3), "/x", 3, all - 3}}).id(), false);
    EXPECT_EQ(error_of_opening(path_), "no DataError") << "they overlap by a frame, and cover all";
}

TEST_F(StoreStorageTest, LandmarksThatWereNeverWrittenAreRefused) {
    replace(in_chunks({1, shape_[1], shape_[2]}).id(), false);
    const auto error = error_of_opening(path_);
    EXPECT_NE(error.find("/landmarks: expected all of its 10 chunks to be written, found 0"),
              std::string::npos)
        << error;

    replace(in_chunks({1, shape_[1], shape_[2]}).id(), true);
    EXPECT_TRUE(same_values(read_all(ClipStore::open({path_.string()})), sample_values(index_)));
}

TEST_F(StoreStorageTest, ALinkBackToAGroupAboveIsRefusedByName) {
    {
        const hdf5::FileHandle file{H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT)};
        const hdf5::Group group{H5Gcreate2(file.id(), "splits/fold", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)};
        H5Lcreate_hard(file.id(), "splits/fold", file.id(), "splits/fold/again", H5P_DEFAULT, H5P_DEFAULT);
    }
    const auto error = error_of_opening(path_);
    EXPECT_NE(error.find("/splits/fold/again: expected another group, found a link back"), std::string::npos)
        << error;
}

TEST_F(StoreStorageTest, AUserBlockOfAnotherProgramIsRefusedWithTheWayToRemoveIt) {
    const Hdf5Sketch sketch{folder_ / "block.h5", 1024};
    sketch.put("/landmarks", shape_);
    H5Fflush(sketch.id(), H5F_SCOPE_GLOBAL);
    const auto error = error_of_opening(folder_ / "block.h5");
    EXPECT_NE(error.find("found it after 1024 other bytes"), std::string::npos) << error;
    EXPECT_NE(error.find("tail -c +1025"), std::string::npos);
}

}  // namespace
}  // namespace sslslr::io::test
