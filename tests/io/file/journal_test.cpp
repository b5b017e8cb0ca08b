#include "io/file/journal.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "io/file/data_error.hpp"
#include "tests/temporary_folder.hpp"

namespace sslslr::io {
namespace {

namespace fs = std::filesystem;

class JournalTest : public sslslr::test::FolderTest {
protected:
    void write(const std::vector<nlohmann::json>& records) const {
        append(PosixFile{path_, PosixFile::Access::create}, records, Durability::on_disk);
    }
    std::string text() const {
        std::ifstream file{path_};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    void add_raw(const std::string& raw) const { std::ofstream{path_, std::ios::app} << raw; }

    fs::path path_ = folder_ / "journal.jsonl";
};

TEST_F(JournalTest, AReaderGetsEachRecordOnceInOrder) {
    JournalReader reader{path_};
    EXPECT_TRUE(reader.read_new().empty()) << "there is no file yet";

    write({{{"n", 1}}, {{"n", 2}}});
    EXPECT_EQ(reader.read_new(), (std::vector<nlohmann::json>{{{"n", 1}}, {{"n", 2}}}));
    EXPECT_TRUE(reader.read_new().empty());

    write({{{"n", 3}}});
    EXPECT_EQ(reader.read_new(), (std::vector<nlohmann::json>{{{"n", 3}}}));
    EXPECT_EQ(reader.damaged(), 0);
}

TEST_F(JournalTest, ATornLastLineIsEndedByTheNextWriterAndPassedOver) {
    write({{{"n", 1}}, {{"n", 2}}});
    const auto whole = text();
    for (std::size_t length = whole.find('\n') + 2; length < whole.size(); ++length) {
        fs::resize_file(path_, length);  // as if the writer died in the second line
        JournalReader reader{path_};
        EXPECT_EQ(reader.read_new().size(), 1U) << "a line without an end waits for its rest";

        write({{{"n", 3}}});

        const bool lacks_its_end_alone = length + 1 == whole.size();
        const auto records = reader.read_new();
        EXPECT_EQ(records.back(), (nlohmann::json{{"n", 3}})) << "cut at " << length;
        EXPECT_EQ(records.size(), lacks_its_end_alone ? 2U : 1U) << "cut at " << length;
        EXPECT_EQ(reader.damaged(), lacks_its_end_alone ? 0 : 1);
        std::ofstream{path_} << whole;
    }
}

TEST_F(JournalTest, ALineWithAnyByteChangedIsPassedOver) {
    write({{{"n", 1}, {"text", "abc"}}});
    const auto whole = text();
    for (std::size_t at = 0; at + 1 < whole.size(); ++at) {
        auto changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        std::ofstream{path_} << changed;
        JournalReader reader{path_};
        EXPECT_TRUE(reader.read_new().empty()) << "byte " << at;
    }
}

TEST_F(JournalTest, WhatCannotBeWrittenWholeLeavesTheFileAsItWas) {
    write({{{"n", 1}}});
    const auto before = text();
    const PosixFile read_only{path_};

    EXPECT_THROW(append(read_only, std::vector<nlohmann::json>{{{"n", 2}}}, Durability::on_disk),
                 std::exception);

    EXPECT_EQ(text(), before);
}

TEST_F(JournalTest, TextThatIsNoUnicodeIsWrittenAllTheSame) {
    write({{{"error", "bad \xff byte"}}});

    EXPECT_EQ(JournalReader{path_}.read_new().size(), 1U);
}

TEST_F(JournalTest, ALockIsHeldByOneOpeningAtATime) {
    const PosixFile first{path_, PosixFile::Access::create};
    const PosixFile second{path_, PosixFile::Access::create};
    ASSERT_TRUE(first.try_lock());

    EXPECT_FALSE(second.try_lock());
    { const PosixFile third{path_, PosixFile::Access::create}; }
    EXPECT_FALSE(second.try_lock()) << "closing another opening gave the lock up";
    EXPECT_THROW(second.lock(std::chrono::seconds{0}), DataError);
}

TEST_F(JournalTest, ALockEndsWithItsOpening) {
    { ASSERT_TRUE((PosixFile{path_, PosixFile::Access::create}.try_lock())); }

    EXPECT_TRUE((PosixFile{path_, PosixFile::Access::create}.try_lock()));
}

}  // namespace
}  // namespace sslslr::io
