// How lists change the clips of a corpus that is opened like a user's, whatever its format.
#include <filesystem>

#include <gtest/gtest.h>

#include "io/corpus/open_corpus.hpp"
#include "tests/io/corpus/corpus_files.hpp"
#include "tests/io/store_files.hpp"

namespace sslslr::io::test {
namespace {

class ListedCorpusTest : public testing::Test {
protected:
    void write_clip(const std::string& name, float value = 0.5F) const {
        write_bytes(folder_ / "in" / (name + ".npy"),
                    npy_bytes("<f4", {1, 75, 2}, bytes_of(std::vector<float>(150, value))));
    }
    std::unique_ptr<Corpus> open(const std::string& list = "") const {
        CorpusOptions options{.format = "npy", .input = folder_ / "in"};
        if (!list.empty()) {
            options.metadata = (folder_ / (list.front() == '[' ? "list.json" : "list.csv")).string();
            write_bytes(options.metadata, list);
        }
        options.cut = is_cut_;
        return open_corpus(options);
    }
    std::vector<std::string> notes_on(const std::vector<std::string>& labels) const {
        std::filesystem::remove_all(folder_ / "in");
        std::string list = "clip,label\n";
        for (std::size_t i = 0; i < labels.size(); ++i) {
            write_clip(std::to_string(i));
            list += std::to_string(i) + "," + labels[i] + "\n";
        }
        return open(list)->listing().notes;
    }
    TemporaryFolder folder_;
    bool is_cut_ = true;
};

constexpr auto two_signs =
    R"([{"gloss": "book", "instances": [{"video_id": "b", "frame_start": 1, "frame_end": 4},
    {"video_id": "a", "frame_start": 2, "frame_end": 3}]},
    {"gloss": "drink", "instances": [{"video_id": "b", "frame_start": 5, "frame_end": -1}]}])";

TEST_F(ListedCorpusTest, EveryStretchOfAVideoIsReadFromItsOwnFile) {
    write_clip("a", 0.25F);
    write_clip("b", 0.75F);
    const auto corpus = open(two_signs);
    ASSERT_EQ(corpus->listing().clips.size(), 3U);
    EXPECT_EQ(corpus->listing().clips[2].name, "b#5-end");
    EXPECT_EQ(corpus->read(0).landmarks[0], 0.25F);
    EXPECT_EQ(corpus->read(1).landmarks[0], 0.75F);
    EXPECT_NE(error_of([&] {
                  corpus->read(2);
              }).find("b#5-end: expected frames from 5 on as the list says, found 1"),
              std::string::npos)
        << "not the whole clip, which holds the other sign";
    EXPECT_EQ(corpus->files(2), std::vector{folder_ / "in/b.npy"});
}

TEST_F(ListedCorpusTest, SignsOfAVideoThatIsNotToBeCutContradictEachOther) {
    write_clip("a");
    write_clip("b");
    is_cut_ = false;
    EXPECT_NE(error_of([&] { open(two_signs); }).find("found 'b' with the labels 'book' and 'drink'"),
              std::string::npos);
}

TEST_F(ListedCorpusTest, FoldersThatAreNotNamedInUtf8AreRefusedByNameWithTheRemedy) {
    write_clip("caf\xE9/a");
    const auto error = error_of([&] { open(); });
    EXPECT_NE(error.find("expected names in UTF-8, found the clip 'caf\\xE9/a'"), std::string::npos) << error;
    EXPECT_NE(error.find("convmv"), std::string::npos) << error;
}

TEST_F(ListedCorpusTest, NotesNamesThatMayBeMeantToBeTheSame) {
    const auto apart = [](const std::string& pair) {
        return "labels kept apart although they differ only by case, white space, Unicode form or the form "
               "of a number: " +
               pair;
    };
    EXPECT_EQ(notes_on({"Hello", "hello ", "tea"}), std::vector<std::string>{apart("'Hello' and 'hello'")});
    EXPECT_EQ(notes_on({"1", "1.0", "01", "tea"}),
              std::vector<std::string>{apart("'01' and '1', and 1 more")});
    EXPECT_EQ(notes_on({"caf\xC3\xA9", "cafe\xCC\x81"}),
              std::vector<std::string>{apart("'cafe\xCC\x81' and 'caf\xC3\xA9'")});
    EXPECT_EQ(notes_on({"thank you", "thank  you"}),
              std::vector<std::string>{apart("'thank  you' and 'thank you'")});
    EXPECT_TRUE(notes_on({"1", "10", "1a", "1b"}).empty());
    EXPECT_EQ(notes_on({"nan", "tea"}),
              std::vector<std::string>{
                  "a label is called 'nan': if that stands for an empty cell, leave the cell empty"});
}

}  // namespace
}  // namespace sslslr::io::test
