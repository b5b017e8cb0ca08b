// HDF5 files as other programs write them, opened like a user's: what is read, and what is left out and why.
#include <algorithm>

#include <gtest/gtest.h>

#include "io/corpus/open_corpus.hpp"
#include "tests/io/corpus/corpus_files.hpp"
#include "tests/io/hdf5_files.hpp"
#include "tests/io/store_files.hpp"

namespace sslslr::io::test {
namespace {

namespace fs = std::filesystem;

constexpr hsize_t points = 75;
const hdf5::Shape two_frames{2, points, 2};

class Hdf5LayoutTest : public testing::Test {
protected:
    fs::path file(const std::string& name) const { return folder_ / ("in/" + name); }
    void open() {
        corpus_ = open_corpus({.format = "hdf5", .input = folder_ / "in"});
        listing_ = corpus_->listing();
    }
    std::string error_of_opening_it() {
        return error_of([&] { open(); });
    }
    const ListedClip& clip(const std::string& name) const {
        const auto found = std::ranges::find(listing_.clips, name, &ListedClip::name);
        if (found == listing_.clips.end()) {
            throw std::out_of_range{"no clip " + name};
        }
        return *found;
    }
    bool is_left_out(const std::string& reason) const {
        return std::ranges::any_of(listing_.left_out, [&](const LeftOut& each) {
            return each.reason.find(reason) != std::string::npos;
        });
    }
    bool is_noted(const std::string& text) const {
        return std::ranges::any_of(
            listing_.notes, [&](const std::string& note) { return note.find(text) != std::string::npos; });
    }

    TemporaryFolder folder_;
    std::unique_ptr<Corpus> corpus_;
    Listing listing_;
};

TEST_F(Hdf5LayoutTest, AGroupOfLandmarksAndALabelIsOneClip) {
    {
        const Hdf5Sketch sketch{file("a.h5")};
        sketch.put("/clip_0/landmarks", two_frames);
        sketch.put_text("/clip_0/label", "tea");
        sketch.put("/clip_0/fps", {}, 25, H5T_IEEE_F64LE);
        sketch.put_text("/clip_0/signer", "S1");
        sketch.put("/clip_0/confidence", {2, points});
        sketch.put("/clip_1/X", two_frames);
        sketch.put("/clip_1/y", {1}, 3, H5T_STD_I64BE);
        sketch.put("/clip_2/landmarks", two_frames);
        sketch.put("/clip_2/label", {}, -1, H5T_STD_I8LE);
        sketch.put("/coffee/clip_3/landmarks", two_frames);
    }
    open();
    ASSERT_EQ(listing_.clips.size(), 4U);
    EXPECT_EQ(clip("clip_0").label, "tea");
    EXPECT_EQ(clip("clip_0").signer, "S1");
    EXPECT_EQ(clip("clip_0").fps, 25);
    EXPECT_EQ(clip("clip_1").label, "3");
    EXPECT_EQ(clip("clip_2").label, "") << "a negative number is no label";
    EXPECT_EQ(clip("coffee/clip_3").label, "coffee") << "without a label the group above is it";
    EXPECT_EQ(corpus_->read(0).frames(), 2);
    EXPECT_TRUE(is_noted("skipped next to the landmarks of a clip: confidence, first in /clip_0"));
    EXPECT_TRUE(listing_.left_out.empty());
}

TEST_F(Hdf5LayoutTest, LabelsMayBeAttributesOfADatasetOrOfAGroupAboveIt) {
    {
        const Hdf5Sketch sketch{file("a.h5")};
        sketch.put("/x", two_frames);
        sketch.put_attribute("/x", "Gloss", "tea");
        sketch.put_attribute("/x", "CLASS", "ARRAY");  // an attribute that PyTables adds
        sketch.put("/g/0", two_frames);
        sketch.put("/g/1", two_frames);
        sketch.put_attribute("/g", "label", 7);
        sketch.put_attribute("/g/1", "label", "");
        sketch.put("/h/0", two_frames);
        sketch.put_attribute("/h", "label", 7, 2);
        sketch.put_attribute("/", "fps", 30);
    }
    open();
    EXPECT_EQ(clip("x").label, "tea");
    EXPECT_EQ(clip("g/0").label, "7");
    EXPECT_EQ(clip("g/1").label, "") << "an empty label is none";
    EXPECT_EQ(clip("h/0").label, "h");
    EXPECT_TRUE(is_noted("the attribute label of /h is not one text or number"));
    EXPECT_EQ(clip("g/1").fps, 30);
}

TEST_F(Hdf5LayoutTest, AFileMayBeOneClip) {
    for (const std::string label : {"tea", "no"}) {
        const Hdf5Sketch sketch{file(label + "/1.h5")};
        sketch.put("/landmarks", two_frames);
        if (label == "no") {
            sketch.put_text("/label", "coffee");
        }
    }
    open();
    ASSERT_EQ(listing_.clips.size(), 2U);
    EXPECT_EQ(clip("tea/1").label, "tea");
    EXPECT_EQ(clip("no/1").label, "coffee");
}

TEST_F(Hdf5LayoutTest, PartsOfAClipAndLabelsOfManyClipsAreLeftOutByName) {
    {
        const Hdf5Sketch sketch{file("a.h5")};
        sketch.put("/ok/0", two_frames);
        sketch.put("/clip/pose", {2, 33, 2});
        sketch.put("/clip/left_hand", {2, 21, 2});
        sketch.put("/stacked/X", {4, 2, points, 2});
        sketch.put("/stacked/label", {4}, 1, H5T_STD_I64LE);
        sketch.put("/two/a", two_frames);
        sketch.put("/two/b", two_frames);
        sketch.put_text("/two/label", "tea");
        sketch.put("/df/block0_values", {4, 2});
    }
    open();
    EXPECT_EQ(listing_.clips.size(), 2U) << "ok/0, and stacked/X, which cannot be read";
    EXPECT_TRUE(is_left_out(
        "a.h5: /clip: expected one array of landmarks per clip, found left_hand, pose; join them"));
    EXPECT_TRUE(is_left_out(
        "a.h5: /stacked/label: expected one text or number for one clip, found numbers of shape [4]"));
    EXPECT_TRUE(is_left_out("a.h5: /two: expected one array of landmarks per clip, found a, b"));
    EXPECT_TRUE(
        is_left_out("a.h5: /df: expected arrays of [frames, points, coordinates], found a table of pandas"));
}

TEST_F(Hdf5LayoutTest, OneDamagedFileAmongGoodOnesIsLeftOutByName) {
    for (const std::string name : {"0.h5", "1.h5", "2.hdf5"}) {
        const Hdf5Sketch sketch{file(name)};
        sketch.put("/a", two_frames);
    }
    fs::resize_file(file("1.h5"), 900);
    open();
    ASSERT_EQ(listing_.clips.size(), 2U);
    EXPECT_EQ(listing_.clips[1].name, "2/a");
    EXPECT_EQ(corpus_->read(1).frames(), 2);
    EXPECT_TRUE(
        is_left_out("1.h5: expected an HDF5 file, found one that is damaged, cut off or of another format "
                    "(libhdf5: truncated file"));
    fs::resize_file(file("0.h5"), 900);
    fs::resize_file(file("2.hdf5"), 900);
    EXPECT_NE(error_of_opening_it().find("no clip can be read; the first reason: "), std::string::npos);
}

TEST_F(Hdf5LayoutTest, WhatIsNoArrayOfNumbersIsLeftOutByName) {
    {
        const Hdf5Sketch sketch{file("a.h5")};
        sketch.put("/a/half", two_frames, 0.5F, hdf5::float16_type().id());
        sketch.put("/a/double", two_frames, 0.5F, H5T_IEEE_F64BE);
        sketch.put("/a/integer", two_frames, 5, H5T_STD_I16BE);
        sketch.put("/a/scalar", {});
        sketch.put("/a/row", {7});
        sketch.put_text("/a/text", "x");
        const hdf5::Type list{H5Tvlen_create(H5T_IEEE_F32LE)};
        sketch.create("/a/lists", list.id(), {2});
        const hdf5::Space null{H5Screate(H5S_NULL)};
        const hdf5::Dataset empty{H5Dcreate2(sketch.id(), "/a/null", H5T_IEEE_F32LE, null.id(), H5P_DEFAULT,
                                             H5P_DEFAULT, H5P_DEFAULT)};
        const hdf5::Type named{H5Tcopy(H5T_IEEE_F32LE)};
        H5Tcommit2(sketch.id(), "/a/type", named.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    }
    open();
    ASSERT_EQ(listing_.clips.size(), 3U);
    EXPECT_EQ(corpus_->read(0).landmarks.at(0), 0.5F);
    EXPECT_EQ(corpus_->read(2).landmarks.at(0), 5.0F);
    EXPECT_TRUE(is_left_out("/a/scalar: expected an array of numbers"));
    EXPECT_TRUE(is_left_out(
        "/a/row: expected an array of numbers, [frames, points, coordinates], found numbers of shape [7]"));
    EXPECT_TRUE(is_left_out("/a/text: expected an array of numbers"));
    EXPECT_TRUE(
        is_left_out("/a/lists: expected an array of numbers, [frames, points, coordinates], found lists of"));
    EXPECT_TRUE(is_left_out("/a/null: expected an array of values, found a dataset without type or extent"));
    EXPECT_TRUE(is_noted("/a/type is a named type"));
}

TEST_F(Hdf5LayoutTest, BrokenLinksAreLeftOutAndLinksToWhatIsReadAnywayPassedOver) {
    {
        const Hdf5Sketch sketch{file("a.h5")};
        sketch.put("/a/0", two_frames);
        H5Lcreate_soft("/a/0", sketch.id(), "/a/soft", H5P_DEFAULT, H5P_DEFAULT);
        H5Lcreate_soft("/nowhere", sketch.id(), "/a/broken", H5P_DEFAULT, H5P_DEFAULT);
        H5Lcreate_external("gone.h5", "/x", sketch.id(), "/a/external", H5P_DEFAULT, H5P_DEFAULT);
        H5Lcreate_hard(sketch.id(), "/a", sketch.id(), "/a/hard", H5P_DEFAULT, H5P_DEFAULT);
        H5Lcreate_soft("/", sketch.id(), "/a/up", H5P_DEFAULT, H5P_DEFAULT);
    }
    open();
    ASSERT_EQ(listing_.clips.size(), 1U);
    EXPECT_TRUE(is_noted(
        "links skipped because their targets are imported under another name: 3, the first /a/hard"));
    EXPECT_TRUE(is_left_out(
        "/a/broken: expected a dataset or a group, found a link to /nowhere, which is not there"));
    EXPECT_TRUE(
        is_left_out("/a/external: expected a dataset or a group, found a link to /x in the file gone.h5"));
}

TEST_F(Hdf5LayoutTest, ADatasetWhoseFilterIsNotThereIsLeftOutWithTheRewriteThatHelps) {
    {
        const Hdf5Sketch sketch{file("a.h5")};
        sketch.put("/a/0", two_frames);
        // A filter with the number of lzf that only this test registers.
        constexpr H5Z_filter_t lzf = 32000;
        const H5Z_class2_t copies{.version = H5Z_CLASS_T_VERS,
                                  .id = lzf,
                                  .encoder_present = 1,
                                  .decoder_present = 1,
                                  .name = "lzf",
                                  .can_apply = nullptr,
                                  .set_local = nullptr,
                                  .filter = [](unsigned, std::size_t, const unsigned*, std::size_t bytes,
                                               std::size_t*, void**) { return bytes; }};
        H5Zregister(&copies);
        const auto creation = in_chunks(two_frames);
        H5Pset_filter(creation.id(), lzf, H5Z_FLAG_OPTIONAL, 0, nullptr);
        sketch.put("/a/1", two_frames, 0.5F, H5T_IEEE_F32LE, creation.id());
    }
    H5Zunregister(32000);
    open();
    ASSERT_EQ(listing_.clips.size(), 1U);
    EXPECT_TRUE(is_left_out(
        "/a/1: it is compressed with lzf (HDF5 filter 32000), which this libhdf5 lacks; rewrite it"));
    EXPECT_TRUE(is_left_out("h5repack -f GZIP=4"));
}

TEST_F(Hdf5LayoutTest, AVirtualDatasetIsReadWhereItsSourcesAreThereAndLeftOutByNameOtherwise) {
    const hdf5::Shape four{4, points, 2};
    {
        const Hdf5Sketch sketch{file("../parts/part.h5")};
        sketch.put("/x", two_frames);
    }
    {
        const Hdf5Sketch sketch{file("a.h5")};
        const std::string part = "../parts/part.h5";
        sketch.create("/a/whole", H5T_IEEE_F32LE, four,
                      as_virtual(four, {{part, "/x", 2}, {part, "/x", 2}}).id());
        sketch.create("/a/gone", H5T_IEEE_F32LE, four,
                      as_virtual(four, {{part, "/x", 2}, {"gone.h5", "/x", 2}}).id());
        sketch.create("/a/gap", H5T_IEEE_F32LE, four, as_virtual(four, {{part, "/x", 2}}).id());
        sketch.create("/a/self", H5T_IEEE_F32LE, four, as_virtual(four, {{".", "/a/self", 4}}).id());
        sketch.create("/a/short", H5T_IEEE_F32LE, four, as_virtual(four, {{part, "/x", 4}}).id());
    }
    open();
    ASSERT_EQ(listing_.clips.size(), 1U);
    EXPECT_EQ(corpus_->read(0).landmarks.at(3 * import_frame_values), 0.5F);
    EXPECT_TRUE(is_left_out("/a/gone: a virtual dataset: /x in gone.h5 is missing or cannot be opened"));
    EXPECT_TRUE(is_left_out("/a/gap: a virtual dataset: 300 of 600 values have no source"));
    EXPECT_TRUE(is_left_out("expected sources nested no deeper than"));
    EXPECT_TRUE(
        is_left_out("/a/short: a virtual dataset: /x in ../parts/part.h5 is missing, or its size differs"));
}

TEST_F(Hdf5LayoutTest, WhatWasNeverWrittenIsLeftOutUnlessItsFillValueWasChosen) {
    const hdf5::Shape frame{1, points, 2};
    {
        const Hdf5Sketch sketch{file("a.h5")};
        sketch.create("/a/never", H5T_IEEE_F32LE, two_frames);
        sketch.create("/a/large", H5T_IEEE_F32LE, {4000, points, 2}, in_chunks({1000, points, 2}).id());
        for (const bool is_chosen : {false, true}) {
            const auto creation = in_chunks(frame, is_chosen ? std::optional{0.25F} : std::nullopt);
            const auto dataset = sketch.create(is_chosen ? "/a/chosen" : "/a/partly", H5T_IEEE_F32LE,
                                               two_frames, creation.id());
            const hdf5::Space first{H5Screate_simple(3, two_frames.data(), nullptr)};
            const hdf5::Shape start{0, 0, 0};
            H5Sselect_hyperslab(first.id(), H5S_SELECT_SET, start.data(), nullptr, frame.data(), nullptr);
            const hdf5::Space in_memory{H5Screate_simple(3, frame.data(), nullptr)};
            H5Dwrite(dataset.id(), H5T_NATIVE_FLOAT, in_memory.id(), first.id(), H5P_DEFAULT,
                     std::vector<float>(2 * points, 0.5F).data());
        }
    }
    open();
    ASSERT_EQ(listing_.clips.size(), 1U);
    EXPECT_EQ(corpus_->read(0).landmarks.at(import_frame_values), 0.25F);
    EXPECT_TRUE(is_left_out("/a/never: expected values, found a dataset that was created and never written"));
    EXPECT_TRUE(is_left_out("/a/large: expected all of its 4 chunks to be written, found 0"));
    EXPECT_TRUE(is_left_out("/a/partly: expected all of its 2 chunks to be written, found 1"));
}

TEST_F(Hdf5LayoutTest, RawFilesOutsideAreRefusedByName) {
    {
        const Hdf5Sketch sketch{file("a.h5")};
        const hdf5::Properties creation{H5Pcreate(H5P_DATASET_CREATE)};
        H5Pset_external(creation.id(), (folder_ / "raw.bin").c_str(), 0, H5F_UNLIMITED);
        sketch.put("/a/0", two_frames, 0.5F, H5T_IEEE_F32LE, creation.id());
    }
    const auto error = error_of_opening_it();
    EXPECT_NE(error.find("/a/0: its values are in 1 external raw file, the first " +
                         (folder_ / "raw.bin").string()),
              std::string::npos)
        << error;
}

TEST_F(Hdf5LayoutTest, AUserBlockOfAnotherProgramDoesNotMatterAndAClipStoreIsRefused) {
    {
        const Hdf5Sketch sketch{file("a.h5"), 1024};
        sketch.put("/a/0", two_frames);
    }
    write_sample(file("store.h5"));
    open();
    EXPECT_EQ(listing_.clips.size(), 1U);
    EXPECT_TRUE(is_left_out("store.h5: expected landmarks of another program, found a clip store"));
}

TEST_F(Hdf5LayoutTest, AClipStoreWithoutItsAttributesIsNotReadAsOneClip) {
    {
        const Hdf5Sketch sketch{file("a.h5")};
        sketch.put("/landmarks", two_frames);
        sketch.put("/clips/offset", {2}, 0, H5T_STD_I64LE);
        sketch.put("/clips/label", {1}, 0, H5T_STD_I64LE);
    }
    const auto error = error_of_opening_it();
    EXPECT_NE(error.find("a.h5: expected a clip store, found its datasets without the attributes schema="),
              std::string::npos)
        << error;
}

TEST_F(Hdf5LayoutTest, FilesNamedAsSplitsAreSplitsOfTheLabelsInThem) {
    for (const std::string split : {"train", "test"}) {
        const Hdf5Sketch sketch{file(split + ".h5")};
        sketch.put("/tea/0", two_frames);
    }
    open();
    EXPECT_EQ(listing_.splits.at("test"), (std::vector<std::string>{"test/tea/0"}));
    EXPECT_EQ(clip("train/tea/0").label, "tea");
}

}  // namespace
}  // namespace sslslr::io::test
