#include "io/corpus/metadata.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/io/corpus/corpus_files.hpp"
#include "tests/io/store_files.hpp"

namespace sslslr::io::test {
namespace {

class MetadataTest : public testing::Test {
protected:
    void write(const std::string& name, const std::string& text) const { write_bytes(folder_ / name, text); }
    /// The listing of clips of these names after applying the metadata in `path`.
    Listing applied(const std::string& path, const std::vector<std::string>& names,
                    const std::string& kind = "auto") const {
        Listing listing;
        for (const auto& name : names) {
            listing.clips.push_back({.name = name});
        }
        apply_metadata(read_metadata(folder_ / path, kind), folder_ / path, listing);
        return listing;
    }
    void expect_refused(const std::string& path, const std::vector<std::string>& clips,
                        const std::vector<std::string>& words, const std::string& kind = "auto") const {
        const auto error = error_of([&] { applied(path, clips, kind); });
        for (const auto& each : words) {
            EXPECT_NE(error.find(each), std::string::npos) << error;
        }
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
        {"video_id": "69241", "split": "train", "signer_id": 118, "fps": 25,
         "frame_start": 1, "frame_end": -1},
        {"video_id": "65225", "split": "val", "signer_id": 4, "fps": 25,
         "frame_start": 10, "frame_end": 40}]}])");
    const auto listing = applied("WLASL_v0.3.json", {"65225", "book/69241", "1"});
    EXPECT_EQ(listing.clips[0].label, "book");
    EXPECT_EQ(listing.clips[0].signer, "4");
    EXPECT_EQ(listing.clips[0].first_frame, 9) << "frames count from 1 there";
    EXPECT_EQ(listing.clips[0].end_frame, 40);
    EXPECT_EQ(listing.clips[1].end_frame, -1);
    EXPECT_EQ(listing.splits.at("val"), std::vector<std::string>{"65225"});
    ASSERT_EQ(listing.notes.size(), 1U);
    EXPECT_EQ(listing.notes[0], "1 clip not in the metadata, with the labels of their folders: 1");
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

TEST_F(MetadataTest, ColumnsThatAreNotUsedAreNotedWithTheNamesThatWouldBe) {
    write("my.csv", "File name,Gloss,Who,,date\na.mp4,TEA,P1,0,May\n");
    const auto listing = applied("my.csv", {"a"});
    EXPECT_EQ(listing.clips[0].label, "TEA");
    EXPECT_EQ(
        listing.notes,
        std::vector<std::string>{
            "my.csv: columns that are not used: Who, date; name a column label or gloss or sign or class "
            "or word for labels, signer or signer_id or participant or participant_id for signers, split "
            "or subset or set for splits, fps for frame rates"});
    write("all.csv", "id,path,label,signer,split,fps\n1,a,TEA,P1,train,25\n");
    EXPECT_TRUE(applied("all.csv", {"a"}).notes.empty());
}

TEST_F(MetadataTest, TwoColumnsOfOneMeaningAreRefused) {
    write("my.csv", "clip,label,gloss\na,1,TEA\n");
    expect_refused("my.csv", {"a"}, {"found two, 2 'label' and 3 'gloss', which differ in row 2"});
    write("twice.csv", "clip,Clip,label\na,b,TEA\n");
    expect_refused("twice.csv", {"a"}, {"found two, 1 'clip' and 2 'Clip', which differ in row 2"});
}

TEST_F(MetadataTest, ANameThatTwoEntriesEndInTellsNothing) {
    write("my.csv", "clip,label\nx/a,ONE\ny/a,TWO\nb,THREE\n");
    const auto listing = applied("my.csv", {"z/a", "y/a", "b"});
    EXPECT_EQ(listing.clips[0].label, "");
    EXPECT_EQ(listing.clips[1].label, "TWO");
}

TEST_F(MetadataTest, AnEntryThatTwoClipsEndInIsRefusedByName) {
    write("my.csv", "clip,label,split\nx/1,HELLO,train\ny/2,TEA,test\n");
    expect_refused("my.csv", {"train/x/1", "test/x/1", "test/y/2"},
                   {"'x/1' (my.csv, row 2) could be the clip 'train/x/1' or 'test/x/1'"});
    write("longer.csv", "path,label\na/v0.mp4,ONE\nb/v0.mp4,TWO\n");
    expect_refused("longer.csv", {"v0"},
                   {"'v0' could be 'a/v0.mp4' (longer.csv, row 2) or 'b/v0.mp4' (longer.csv, row 3)"});
}

TEST_F(MetadataTest, NamesMatchWhateverTheirPrefixSlashesAndExtension) {
    const std::vector<std::string> clips{"Clothes/Hat/MVI_1", "Days/Hat/MVI_1", "Days/Hat/MVI_2.a"};
    const std::pair<const char*, const char*> forms[]{
        {"", ".MOV"},       {"./", ".mov"},      {"/data/INCLUDE/", ".Mp4"},
        {"INCLUDE/./", ""}, {"C:\\v\\", ".npy"}, {"x//", ".MTS"}};
    for (const auto& [prefix, extension] : forms) {
        std::string text = "file,label\n";
        for (const auto& clip : clips) {
            text += fmt::format("{}{}{},{}\n", prefix, clip, extension, clip.substr(0, 4));
        }
        write("my.csv", text);
        const auto listing = applied("my.csv", clips);
        EXPECT_EQ(listing.clips[0].label, "Clot") << text;
        EXPECT_EQ(listing.clips[1].label, "Days") << text;
        EXPECT_EQ(listing.clips[2].label, "Days") << text;
        EXPECT_TRUE(listing.notes.empty()) << text;
    }
    write("windows.csv", "file,label\nClothes\\Hat\\MVI_1.MOV,ONE\nDays\\Hat\\MVI_1.MOV,TWO\n");
    EXPECT_EQ(applied("windows.csv", clips).clips[1].label, "TWO");
    write("moved.csv", "file,label\nold/Clothes/Hat/MVI_1.MOV,ONE\nold/Days/Hat/MVI_1.MOV,TWO\n");
    EXPECT_EQ(applied("moved.csv", {"new/Clothes/Hat/MVI_1", "new/Days/Hat/MVI_1"}).clips[1].label, "TWO");
}

TEST_F(MetadataTest, ANameInAnotherUnicodeFormIsTheSameName) {
    write("nfc.csv", "clip,label\n\xC3\xA9t\xC3\xA9,SUMMER\n");
    EXPECT_EQ(applied("nfc.csv", {"e\xCC\x81te\xCC\x81"}).clips[0].label, "SUMMER") << "as macOS writes it";
}

TEST_F(MetadataTest, OfSeveralColumnsThatMayNameClipsTheOneThatDoesIsTaken) {
    write("my.csv", "id,path,label\n0,a/x.mp4,ONE\n1,b/x.mp4,TWO\n");
    EXPECT_EQ(applied("my.csv", {"a/x", "b/x"}).clips[1].label, "TWO");
    write("id.csv", "path,id,label\nhttp://a,7,ONE\nhttp://b,8,TWO\n");
    EXPECT_EQ(applied("id.csv", {"7", "8"}).clips[1].label, "TWO");
    expect_refused("my.csv", {"c"}, {"the metadata has names like '0'", "in its column path like 'a/x.mp4'"});
}

TEST_F(MetadataTest, AnEmptyLabelIsNoneInEveryList) {
    write("my.csv", "clip,label,signer\nsign/a,,\nsign/b, ,S1\nsign/c,TEA,S2\n");
    write("instances.csv", "id,sign,signer\nsign/a,,S1\nsign/b,TEA,S2\n");
    write("metadata/sign_to_index.csv", "sign,class\nTEA,0\n,1\n");
    write("train.csv", "Participant ID,Video file,Gloss\n,a.mp4,\nP1,b.mp4,TEA\n");
    write("train_greek_iso.csv", "sign/a|\nsign/b|TEA\n");
    write("w.json",
          R"([{"gloss":"","instances":[{"video_id":"a"}]},{"gloss":"TEA","instances":[{"video_id":"b"}]}])");
    for (const auto& [list, kind] : std::vector<std::pair<std::string, std::string>>{
             {"my.csv", "csv"}, {"", "lsfb"}, {"", "asl-citizen"}, {"", "gsl"}, {"w.json", "wlasl"}}) {
        Listing listing{.clips = {{.name = "sign/a", .label = "sign"}, {.name = "sign/b", .label = "sign"}}};
        apply_metadata(read_metadata(folder_ / list, kind), folder_ / list, listing);
        EXPECT_EQ(listing.clips[0].label, "") << kind;
        EXPECT_EQ(std::ranges::count(listing.labels, ""), 0) << kind;
        EXPECT_EQ(listing.clips[1].label, kind == "csv" ? "" : "TEA") << kind;
    }
    write("unlabelled.csv", "clip,signer\nsign/a,S1\n");
    Listing listing{.clips = {{.name = "sign/a", .label = "sign"}}};
    apply_metadata(read_metadata(folder_ / "unlabelled.csv", "auto"), "", listing);
    EXPECT_EQ(listing.clips[0].label, "sign") << "a list without labels leaves the folder's";
}

TEST_F(MetadataTest, RowsThatRepeatCountOnceAndRowsThatContradictAreRefused) {
    write("same.csv", "clip,label,split\na.mp4,TEA,train\n./a.MP4,TEA,train\nb,NO,test\n,NO,test\n");
    const auto listing = applied("same.csv", {"a", "b"});
    EXPECT_EQ(listing.splits.at("train").size(), 1U);
    EXPECT_EQ(listing.notes,
              (std::vector<std::string>{
                  "1 rows of the metadata repeat another row and are used once: same.csv, row 3",
                  "1 rows of the metadata name no clip: same.csv, row 5"}));
    write("split.csv", "clip,label,split\na,TEA,train\nb,TEA,train\na,TEA,test\n");
    expect_refused("split.csv", {"a"},
                   {"found 'a' with the splits 'train' and 'test'", "split.csv, row 2 and split.csv, row 4"});
    write("signer.csv", "clip,signer\na,S1\na,S2\n");
    expect_refused("signer.csv", {"a"}, {"found 'a' with the signers 'S1' and 'S2'"});
    write("label.csv", "clip,label\na,ONE\na,TWO\n");
    expect_refused("label.csv", {"a"}, {"found 'a' with the labels 'ONE' and 'TWO'"});
    write("train.csv", "Participant ID,Video file,Gloss\nP1,a.mp4,TEA\n");
    write("test.csv", "Participant ID,Video file,Gloss\nP1,a.mp4,TEA\n");
    expect_refused("", {"a"}, {"the splits 'train' and 'test': train.csv, row 2 and test.csv, row 2"});
}

TEST_F(MetadataTest, SeveralSignsOfAVideoAreSeveralClips) {
    write("w.json", R"([{"gloss": "book", "instances": [
        {"video_id": "1", "split": "train", "frame_start": 1, "frame_end": 40},
        {"video_id": "2", "split": "train", "frame_start": 1, "frame_end": -1}]},
        {"gloss": "drink", "instances": [
        {"video_id": "1", "split": "test", "frame_start": 41, "frame_end": -1}]}])");
    Listing listing{.clips = {{.name = "1"}, {.name = "2"}}, .splits = {{"mine", {"1", "2"}}}};

    const auto origins =
        apply_metadata(read_metadata(folder_ / "w.json", "auto"), folder_ / "w.json", listing);

    EXPECT_EQ(origins, (std::vector<std::size_t>{0, 0, 1}));
    ASSERT_EQ(listing.clips.size(), 3U);
    EXPECT_EQ(listing.clips[0].name, "1#1-40");
    EXPECT_EQ(listing.clips[1].name, "1#41-end");
    EXPECT_EQ(listing.clips[1].label, "drink");
    EXPECT_EQ(listing.clips[1].first_frame, 40);
    EXPECT_EQ(listing.clips[2].name, "2");
    EXPECT_EQ(listing.splits.at("test"), std::vector<std::string>{"1#41-end"});
    EXPECT_EQ(listing.splits.at("mine"), (std::vector<std::string>{"1#1-40", "1#41-end", "2"}));
    EXPECT_TRUE(listing.notes.empty());
}

TEST_F(MetadataTest, FramesThatTwoSplitsShareAreRefused) {
    write("w.json", R"([{"gloss": "book", "instances": [
        {"video_id": "1", "split": "train", "frame_start": 1, "frame_end": -1},
        {"video_id": "1", "split": "test", "frame_start": 4, "frame_end": 8}]}])");
    expect_refused("w.json", {"1"},
                   {"found '1' with the splits 'train' and 'test' for frames they share",
                    "gloss 'book', instance 1 and gloss 'book', instance 2"});
}

TEST_F(MetadataTest, ReadsTheListsOfWlaslsOwnCodeWithTheWordsBesideThem) {
    write("nslt_100.json", R"({"00335": {"subset": "train", "action": [1, 5, 10]},
                               "00336": {"subset": "test", "action": [0, 1, 8]}})");
    const auto numbers = applied("nslt_100.json", {"00335", "00336"});
    EXPECT_EQ(numbers.clips[0].label, "1");
    ASSERT_EQ(numbers.notes.size(), 1U);
    EXPECT_NE(numbers.notes[0].find("put wlasl_class_list.txt next to it"), std::string::npos);

    write("wlasl_class_list.txt", "0\tbook\n1\tthank you\n");
    const auto words = applied("nslt_100.json", {"00335", "00336"});
    EXPECT_EQ(words.clips[0].label, "thank you");
    EXPECT_EQ(words.labels, (std::vector<std::string>{"book", "thank you"}));
    EXPECT_EQ(words.clips[0].first_frame, 4) << "frames count from 1 there";
    EXPECT_EQ(words.clips[0].end_frame, 10);
    EXPECT_EQ(words.splits.at("test"), std::vector<std::string>{"00336"});
    EXPECT_TRUE(words.notes.empty());

    write("nslt_9.json", R"({"00335": {"subset": "train", "action": [9, 1, 2]}})");
    expect_refused("nslt_9.json", {"00335"},
                   {"wlasl_class_list.txt: expected a word for class 9 of video 00335"});
    write("nslt_9.json", R"({"00335": {"subset": "train"}})");
    expect_refused("nslt_9.json", {"00335"}, {"expected for each video"});
    write("nslt_9.json", R"({"1": {"action": [0]}, "1": {"action": [1]}})");
    expect_refused("nslt_9.json", {"1"}, {"expected each name once, found '1' again"});
}

TEST_F(MetadataTest, ListsThatAreNotUtf8AreRefusedByRowWithTheRemedy) {
    write("my.csv", "clip,label\na,tea\nb,h\xE9llo\n");
    expect_refused("my.csv", {"a"},
                   {"my.csv: row 3, column label: expected text in UTF-8, found 'h\\xE9llo'",
                    "looks like Latin-1 or Windows-1252; save it as UTF-8"});
    write("labels.txt",
          "01|Opaque\n02|R\xE9"
          "d\n");
    expect_refused("labels.txt", {"001_001_001"}, {"line 2: expected text in UTF-8, found '02|R\\xE9"});
    write("w.json", "[{\"gloss\": \"h\xE9llo\", \"instances\": []}]");
    expect_refused("w.json", {"a"}, {"line 1: expected text in UTF-8"});
    write("train_greek_iso.csv", "a|\xC3\xE1\xE9\xE1\n");
    expect_refused("train_greek_iso.csv", {"a"}, {"\\xC3\\xE1\\xE9\\xE1'", "text in another encoding"},
                   "csv");
}

TEST_F(MetadataTest, SplitsThatAStoreCannotHoldAreRefusedByRow) {
    for (const std::string split : {".", "..", "train/a"}) {
        write("my.csv", "clip,split\na,train\nb," + split + "\n");
        expect_refused("my.csv", {"a"}, {"row 3: expected a name of a split", "found '" + split + "'"});
    }
}

TEST_F(MetadataTest, OtherListsOfJsonSayWhatToDo) {
    write("nan.json", R"([{"gloss":"book","instances":[{"video_id":"a","fps":NaN}]}])");
    expect_refused("nan.json", {"a"}, {"found other text at line 1: JSON has no NaN", "write null"});
    write("MSASL_train.json", R"([{"clean_text": "book", "file": "a", "label": 0}])");
    expect_refused("MSASL_train.json", {"a"},
                   {"found '{\"clean_text\"",
                    "such as MS-ASL's, to a CSV file with the columns clip, label, signer, split"});
    write("labels.txt", "01|Opaque\n01|Red\n");
    expect_refused("labels.txt", {"001_001_001"}, {"found 001 as 'Opaque' and as 'Red'"});
    write("0.csv", "0,v0.mp4,hello\n1,v1.mp4,no\n");
    expect_refused("0.csv", {"v0"}, {"expected clips named SIGN_SIGNER_REPETITION"});
}

TEST_F(MetadataTest, ASpreadsheetAndAListOfRecordsAreRefusedByWhatToMakeOfThem) {
    write("list.xlsx", "PK");
    expect_refused("list.xlsx", {"a"},
                   {"list.xlsx: expected a text file, found one ending in .xlsx: save it as 'CSV UTF-8'"});
    write("list.json", R"([{"clip": "a", "label": "tea"}])");
    expect_refused("list.json", {"a"},
                   {"list.json: expected objects with gloss and instances, found '{\"clip\"",
                    "to a CSV file with the columns clip"});
}

TEST_F(MetadataTest, ALongListOfColumnsIsCut) {
    std::string header = "c0";
    for (int column = 1; column < 200; ++column) {
        header += fmt::format(",c{}", column);
    }
    write("wide.csv", header + "\n");
    expect_refused("wide.csv", {"a"}, {"found the columns c0, c1", "c11, ... (200): does the first row"});
}

TEST_F(MetadataTest, JsonNestedAMillionTimesIsRefused) {
    write("deep.json", std::string(1'000'000, '[') + std::string(1'000'000, ']'));
    EXPECT_NE(error_of([&] { applied("deep.json", {"a"}); }), "no DataError");
}

TEST_F(MetadataTest, RefusesWhatNamesNoClip) {
    write("my.csv", "clip,label\nx,ONE\n");
    EXPECT_NE(error_of([&] { applied("my.csv", {"a"}); })
                  .find("none of the 1 clips is named in it: clips have names like 'a', the metadata has "
                        "names like 'x'"),
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
