#include "io/import/metadata.hpp"

#include <gtest/gtest.h>

#include "tests/io/import/corpus_files.hpp"
#include "tests/io/store_files.hpp"

namespace sslslr::io::test {
namespace {

class MetadataTest : public testing::Test {
protected:
    void write(const std::string& name, const std::string& text) const { write_bytes(folder_ / name, text); }
    /// Clips of these names with what the metadata say of them.
    Listing applied(const std::string& path, const std::vector<std::string>& names,
                    const std::string& kind = "auto") const {
        Listing listing;
        for (const auto& name : names) {
            listing.clips.push_back({.name = name});
        }
        apply_metadata(read_metadata(folder_ / path, kind), folder_ / path, listing);
        return listing;
    }
    TemporaryFolder folder_;
};

TEST_F(MetadataTest, Lsa64TellsBySignSignerAndRepetition) {
    write("labels.txt", "01|Opaque|R\n02|Red|R\n064, Give, B\n");
    const auto listing = applied("labels.txt", {"001_010_005", "videos/064_002_001", "other"});
    EXPECT_EQ(listing.clips[0].label, "Opaque");
    EXPECT_EQ(listing.clips[0].signer, "signer010");
    EXPECT_EQ(listing.clips[1].label, "Give");
    EXPECT_EQ(listing.clips[2].label, "");
    write("windows.txt", "01|Opaque|R\r\n02|Red|R\r\n");
    EXPECT_EQ(applied("windows.txt", {"002_001_001"}).clips[0].label, "Red");
    EXPECT_EQ(applied(".", {"007_001_001"}, "lsa64").clips[0].label, "007") << "without a list of words";
}

TEST_F(MetadataTest, GslNamesClipsByTheEndOfTheirPath) {
    write("train_greek_iso.csv",
          "police1_signer1_rep1_glosses/glosses0000|\xCE\x93\xCE\x95\xCE\x99\xCE\x91\n"
          "police1_signer1_rep2_glosses/glosses0000|B\n");
    write("test_greek_iso.csv", "health1_signer2_rep1_glosses/glosses0001|B\n");
    const auto listing = applied(
        ".", {"GSL/police1_signer1_rep1_glosses/glosses0000", "police1_signer1_rep2_glosses/glosses0000",
              "health1_signer2_rep1_glosses/glosses0001"});
    EXPECT_EQ(listing.clips[0].label, "\xCE\x93\xCE\x95\xCE\x99\xCE\x91");
    EXPECT_EQ(listing.clips[0].signer, "signer1");
    EXPECT_EQ(listing.clips[1].label, "B");
    EXPECT_EQ(listing.splits.at("train").size(), 2U);
    EXPECT_EQ(listing.splits.at("test"),
              std::vector<std::string>{"health1_signer2_rep1_glosses/glosses0001"});
}

TEST_F(MetadataTest, WlaslTellsGlossSplitSignerAndFrames) {
    write("WLASL_v0.3.json", R"([{"gloss": "book", "instances": [
        {"video_id": "69241", "split": "train", "signer_id": 118, "fps": 25, "frame_start": 1, "frame_end": -1},
        {"video_id": "65225", "split": "val", "signer_id": 4, "fps": 25, "frame_start": 10, "frame_end": 40}]}])");
    const auto listing = applied("WLASL_v0.3.json", {"65225", "book/69241", "1"});
    EXPECT_EQ(listing.clips[0].label, "book");
    EXPECT_EQ(listing.clips[0].signer, "4");
    EXPECT_EQ(listing.clips[0].first_frame, 9) << "frames count from 1 there";
    EXPECT_EQ(listing.clips[0].end_frame, 40);
    EXPECT_EQ(listing.clips[1].end_frame, -1);
    EXPECT_EQ(listing.splits.at("val"), std::vector<std::string>{"65225"});
    ASSERT_EQ(listing.notes.size(), 1U);
    EXPECT_EQ(listing.notes[0], "1 clips are not in the metadata and keep what their folder tells: 1");
}

TEST_F(MetadataTest, ACsvOfOnesOwnNeedsAColumnOfClips) {
    write("my.csv", "file,gloss,participant,split,fps\na/b.mp4,TEA,P1,train,29.97\nc.mp4,NO,P2,,\n");
    const auto listing = applied("my.csv", {"a/b", "c"});
    EXPECT_EQ(listing.clips[0].label, "TEA");
    EXPECT_EQ(listing.clips[0].fps, 29.97);
    EXPECT_EQ(listing.clips[1].signer, "P2");
    EXPECT_EQ(listing.splits.size(), 1U);
    write("bad.csv", "gloss\nTEA\n");
    EXPECT_NE(error_of([&] { applied("bad.csv", {"a"}); }).find("expected a column named clip or id"),
              std::string::npos);
    write("bad.csv", "clip,fps\na,fast\n");
    EXPECT_NE(error_of([&] { applied("bad.csv", {"a"}); }).find("row 2: expected a number, found 'fast'"),
              std::string::npos);
}

TEST_F(MetadataTest, ANameThatTwoEntriesEndInTellsNothing) {
    write("my.csv", "clip,label\nx/a,ONE\ny/a,TWO\nb,THREE\n");
    const auto listing = applied("my.csv", {"z/a", "y/a", "b"});
    EXPECT_EQ(listing.clips[0].label, "");
    EXPECT_EQ(listing.clips[1].label, "TWO");
}

TEST_F(MetadataTest, AnEntryThatTwoClipsEndInTellsNothing) {
    write("my.csv", "clip,label,split\nx/1,HELLO,train\ny/2,TEA,test\n");
    const auto listing = applied("my.csv", {"train/x/1", "test/x/1", "test/y/2"});
    EXPECT_EQ(listing.clips[0].label, "");
    EXPECT_EQ(listing.clips[1].label, "");
    EXPECT_FALSE(listing.splits.contains("train")) << "else a clip of the test would be trained on";
    EXPECT_EQ(listing.clips[2].label, "TEA");
    write("twice.csv", "clip,label\na,ONE\na,TWO\n");
    EXPECT_NE(
        error_of([&] { applied("twice.csv", {"a"}); }).find("found 'a' with the labels 'ONE' and 'TWO'"),
        std::string::npos);
}

TEST_F(MetadataTest, JsonNestedAMillionTimesIsRefused) {
    write("deep.json", std::string(1'000'000, '[') + std::string(1'000'000, ']'));
    EXPECT_NE(error_of([&] { applied("deep.json", {"a"}); }), "no DataError");
}

TEST_F(MetadataTest, RefusesWhatNamesNoClip) {
    write("my.csv", "clip,label\nx,ONE\n");
    EXPECT_NE(error_of([&] { applied("my.csv", {"a"}); })
                  .find("none of the 1 clips is named in it: the clips are called 'a' "
                        "..., the metadata's 'x' ..."),
              std::string::npos);
    write("bad.json", "[{\"gloss\": \"book\"");
    EXPECT_NE(error_of([&] { applied("bad.json", {"a"}); }).find("expected JSON"), std::string::npos);
    write("bad.json", "[{\"gloss\": \"book\"}]");
    EXPECT_NE(error_of([&] { applied("bad.json", {"a"}); }).find("expected objects with gloss and instances"),
              std::string::npos);
    EXPECT_NE(error_of([&] { applied(".", {"a"}); }).find("name the kind with --metadata-kind"),
              std::string::npos);
    EXPECT_NE(error_of([&] { applied("nothing", {"a"}); }).find("found no file or folder of that name"),
              std::string::npos);
}

}  // namespace
}  // namespace sslslr::io::test
