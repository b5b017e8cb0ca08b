// Folders as users bring them: with links, broken links, loops, and leftovers of systems and tools.
#include "io/corpus/folder_tree.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <hdf5.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/corpus/system_files.hpp"
#include "io/hdf5/hdf5_output.hpp"
#include "tests/io/corpus/corpus_test.hpp"
#include "tests/io/corpus/pose_bytes.hpp"

namespace sslslr::io::test {
namespace {

namespace fs = std::filesystem;

class FolderTreeTest : public CorpusTest {
protected:
    void SetUp() override { fs::create_directories(folder_ / "in"); }
    static std::string clip() {
        return npy_bytes("<f4", {1, 75, 2}, bytes_of(std::vector<float>(150, 0.5F)));
    }
    static std::string frame() { return npy_bytes("<f4", {126}, bytes_of(std::vector<float>(126, 0.5F))); }
    static std::string pose() {
        PoseSketch sketch{.version = 0.1F};
        sketch.values.assign(12, 20);
        sketch.confidence.assign(6, 1);
        return pose_bytes(sketch);
    }
    void link(const fs::path& target, const std::string& name) const {
        fs::create_directories((folder_ / "in" / name).parent_path());
        fs::create_symlink(target, folder_ / "in" / name);
    }
    /// Nests folders below `top`. Even root cannot list a folder whose path is longer than 4095 bytes.
    static void nest(const fs::path& top, const std::vector<std::string>& names) {
        fs::create_directories(top);
        int at = ::open(top.c_str(), O_RDONLY | O_DIRECTORY);
        for (const auto& name : names) {
            ::mkdirat(at, name.c_str(), 0777);
            const int below = ::openat(at, name.c_str(), O_RDONLY | O_DIRECTORY);
            ::close(at);
            at = below;
        }
        ::close(at);
    }
    static std::vector<std::string> names_of(const Corpus& corpus) {
        std::vector<std::string> names;
        for (const auto& each : corpus.listing().clips) {
            names.push_back(each.name);
        }
        return names;
    }
};

using Names = std::vector<std::string>;

TEST_F(FolderTreeTest, FoldersAndFilesThatLinksLeadToAreClipsLikeOthers) {
    for (const auto& [format, extension, bytes] :
         {std::tuple{"npy", ".npy", clip()}, std::tuple{"pose", ".pose", pose()}}) {
        const std::string end = extension;
        fs::remove_all(folder_ / "in");
        write("here/0" + end, bytes);
        write_bytes(folder_ / "disk/there/1" / ("0" + end), bytes);
        write_bytes(folder_ / "disk" / ("file" + end), bytes);
        link(folder_ / "disk/there", "linked");
        link(folder_ / "disk" / ("file" + end), "here/1" + end);
        const auto corpus = open(format);
        EXPECT_EQ(names_of(*corpus), (Names{"here/0", "here/1", "linked/1/0"})) << format;
        EXPECT_EQ(corpus->listing().clips[2].label, "1");
        EXPECT_EQ(corpus->read(1).frames(), corpus->read(2).frames());
        EXPECT_TRUE(corpus->listing().notes.empty() && corpus->listing().left_out.empty());
    }
}

TEST_F(FolderTreeTest, MpDataFollowsLinksToLabelsSequencesAndFrames) {
    write_bytes(folder_ / "disk/thanks/0/0.npy", frame());
    write_bytes(folder_ / "disk/sequence/0.npy", frame());
    write_bytes(folder_ / "disk/frame.npy", frame());
    write("hello/0/0.npy", frame());
    link(folder_ / "disk/frame.npy", "hello/0/1.npy");
    link(folder_ / "disk/sequence", "hello/1");
    link(folder_ / "disk/thanks", "thanks");
    const auto corpus = open("mp-data");
    EXPECT_EQ(names_of(*corpus), (Names{"hello/0", "hello/1", "thanks/0"}));
    EXPECT_EQ(corpus->read(0).frames(), 2);
    EXPECT_EQ(corpus->read(1).frames(), 1);
    EXPECT_EQ(corpus->read(2).frames(), 1);
}

TEST_F(FolderTreeTest, FilesOfHdf5AndTablesAreFoundBehindLinks) {
    const auto path = folder_ / "disk/a.h5";
    fs::create_directories(path.parent_path());
    {
        hdf5::OutputFile file{path};
        auto dataset = file.create("/tea/0", H5T_IEEE_F32LE, {1, 75, 2});
        file.write(dataset, "/tea/0", H5T_NATIVE_FLOAT, std::vector<float>(150, 0.5F).data());
        file.finish(std::move(dataset), "/tea/0");
        file.close();
    }
    write_bytes(folder_ / "disk/val.csv", "nose_X,nose_Y,labels\n\"[0.1]\",\"[0.3]\",1\n");
    link(folder_ / "disk", "linked");
    link("..", "linked-back");
    for (const auto* format : {"hdf5", "spoter"}) {
        const auto corpus = open(format);
        ASSERT_EQ(corpus->listing().clips.size(), 1U) << format;
        EXPECT_EQ(corpus->read(0).frames(), 1);
        EXPECT_EQ(corpus->listing().notes.size(), 1U) << "the link that leads back";
    }
}

TEST_F(FolderTreeTest, AslCitizenAndLsfbAreFoundBehindLinks) {
    write_bytes(folder_ / "disk/poses/1-A.npy",
                npy_bytes("<f4", {1, 543, 2}, bytes_of(std::vector<float>(1086, 1))));
    write_bytes(folder_ / "disk/splits/train.csv", "Participant ID,Video file,Gloss\nP7,1-A.mp4,A\n");
    link(folder_ / "disk/poses", "poses");
    link(folder_ / "disk/splits", "splits");
    const auto citizen = open("asl-citizen");
    EXPECT_EQ(names_of(*citizen), Names{"poses/1-A"});
    EXPECT_EQ(citizen->listing().clips[0].label, "A");

    fs::remove_all(folder_ / "in");
    for (const auto* part : {"pose", "left_hand", "right_hand"}) {
        write_bytes(folder_ / "disk/raw" / part / "A.npy", halves(2, *part == 'p' ? 33 : 21, one));
    }
    write("instances.csv", "id,sign,signer,start,end\nA,TEA,S1,0,10\n");
    link(folder_ / "disk/raw", "poses_raw");
    EXPECT_EQ(open("lsfb")->read(0).frames(), 2);
    fs::remove_all(folder_ / "disk/raw");
    link(folder_ / "disk/poses", "poses");
    EXPECT_NE(error_of([&] { open("lsfb"); }).find("and poses_raw/pose/, found none"), std::string::npos)
        << "a broken link to raw poses is not skipped in favour of interpolated ones";
}

TEST_F(FolderTreeTest, LinksThatLeadBackAreNamedAndNotFollowed) {
    write("tea/0.npy", clip());
    link(".", "tea/loop");
    link("..", "tea/up");
    link(folder_.path(), "out");
    const auto corpus = open("npy");
    EXPECT_EQ(names_of(*corpus), Names{"tea/0"});
    EXPECT_TRUE(corpus->listing().left_out.empty());
    ASSERT_EQ(corpus->listing().notes.size(), 1U);
    EXPECT_EQ(corpus->listing().notes[0],
              "3 links lead to a parent folder, or to one that is imported anyway: not followed: out, "
              "tea/loop, tea/up");
}

TEST_F(FolderTreeTest, AFolderThatIsReachedTwiceIsTakenOnceUnderItsOwnName) {
    write("b/0.npy", clip());
    link("b", "a");
    write_bytes(folder_ / "disk/0.npy", clip());
    link(folder_ / "disk", "c");
    link(folder_ / "disk", "d");
    const auto corpus = open("npy");
    EXPECT_EQ(names_of(*corpus), (Names{"b/0", "c/0"}));
    ASSERT_EQ(corpus->listing().notes.size(), 1U);
    EXPECT_NE(corpus->listing().notes[0].find("2 links lead to"), std::string::npos);
}

TEST_F(FolderTreeTest, FoldersThatLinkToEachOtherEnd) {
    write("a/0.npy", clip());
    write("b/0.npy", clip());
    for (const auto* each : {"1", "2", "3"}) {
        link("../b", std::string{"a/to-b-"} + each);
        link("../a", std::string{"b/to-a-"} + each);
    }
    EXPECT_EQ(names_of(*open("npy")), (Names{"a/0", "b/0"}));
}

TEST_F(FolderTreeTest, ALoopIsNoSequenceOfMpData) {
    write("hello/0/0.npy", frame());
    link("..", "hello/again");
    link(".", "all");
    const auto corpus = open("mp-data");
    EXPECT_EQ(names_of(*corpus), Names{"hello/0"});
    EXPECT_EQ(corpus->listing().notes.size(), 1U);
}

TEST_F(FolderTreeTest, BrokenLinksAreLeftOutByName) {
    write("tea/0.npy", clip());
    link("/nowhere/signs", "coffee");
    link("/nowhere/1.npy", "tea/1.npy");
    link("itself", "itself");
    const auto corpus = open("npy");
    EXPECT_EQ(names_of(*corpus), (Names{"tea/0", "tea/1"}));
    ASSERT_EQ(corpus->listing().left_out.size(), 2U);
    EXPECT_EQ(corpus->listing().left_out[0].clip, "coffee");
    EXPECT_NE(corpus->listing().left_out[0].reason.find("a broken link to /nowhere/signs"),
              std::string::npos);
    EXPECT_NE(error_of([&] { corpus->read(1); }).find("tea/1.npy"), std::string::npos);
}

TEST_F(FolderTreeTest, AFolderThatCannotBeListedIsLeftOutByName) {
    write("tea/0.npy", clip());
    nest(folder_ / "in/coffee", Names(17, std::string(250, 'x')));
    for (const bool has_link : {false, true}) {
        if (has_link) {
            write_bytes(folder_ / "disk/0.npy", clip());
            link(folder_ / "disk", "linked");
        }
        const auto corpus = open("npy");
        EXPECT_EQ(names_of(*corpus), has_link ? (Names{"linked/0", "tea/0"}) : Names{"tea/0"});
        ASSERT_EQ(corpus->listing().left_out.size(), 1U);
        EXPECT_TRUE(corpus->listing().left_out[0].clip.starts_with("coffee/xxx"));
        EXPECT_NE(corpus->listing().left_out[0].reason.find("xxx: cannot be listed: File name too long"),
                  std::string::npos);
    }
    EXPECT_NE(error_of([] {
                  Listing listing;
                  walk_folder("/nowhere", {".npy"}, listing);
              }).find("/nowhere: cannot be listed"),
              std::string::npos)
        << "the folder itself";
}

TEST_F(FolderTreeTest, ASequenceOfMpDataThatCannotBeListedCostsNoOther) {
    auto root = folder_ / "in";
    for (int depth = 0; depth < 15; ++depth) {
        root /= std::string(252, 'r');
    }
    write_bytes(root / "hello/0/0.npy", frame());
    nest(root, {std::string(100, 'a'), std::string(250, 'b')});

    const auto corpus = open_corpus({.format = "mp-data", .input = root});

    ASSERT_EQ(corpus->listing().clips.size(), 2U);
    EXPECT_EQ(corpus->read(1).frames(), 1);
    EXPECT_NE(error_of([&] { corpus->read(0); }).find("bbb: "), std::string::npos);
}

TEST_F(FolderTreeTest, ABrokenLinkToAListIsAnErrorAndNoAbsentList) {
    write("1-A.npy", npy_bytes("<f4", {1, 543, 2}, bytes_of(std::vector<float>(1086, 1))));
    write("train.csv", "Participant ID,Video file,Gloss\nP7,1-A.mp4,A\n");
    link("/nowhere/val.csv", "val.csv");
    EXPECT_NE(error_of([&] { open("asl-citizen"); }).find("val.csv"), std::string::npos);
    fs::remove(folder_ / "in/val.csv");
    EXPECT_EQ(open("asl-citizen")->listing().clips.size(), 1U);
    link("/nowhere/splits", "splits");
    EXPECT_NE(error_of([&] { open("asl-citizen"); }).find("splits"), std::string::npos);

    fs::remove_all(folder_ / "in");
    for (const auto* part : {"pose", "left_hand", "right_hand"}) {
        write(std::string{"poses/"} + part + "/A.npy", halves(2, *part == 'p' ? 33 : 21, one));
    }
    write("instances.csv", "id,sign,signer,start,end\nA,TEA,S1,0,10\n");
    link("/nowhere/splits", "metadata/splits");
    EXPECT_NE(error_of([&] { open("lsfb"); }).find("metadata/splits"), std::string::npos);
}

TEST_F(FolderTreeTest, ACorpusOfBrokenLinksAloneNamesOne) {
    link("/nowhere/signs", "coffee");
    EXPECT_NE(error_of([&] { open("npy"); }).find("found none; "), std::string::npos);
    EXPECT_NE(error_of([&] { open("npy"); }).find("/nowhere/signs"), std::string::npos);
}

TEST_F(FolderTreeTest, WhatSystemsAndToolsLeaveBehindIsSkippedAndCounted) {
    write("tea/0.npy", clip());
    write("tea/._0.npy", "AppleDouble");
    write("tea/0.npy:Zone.Identifier", "[ZoneTransfer]");
    write("tea/.ipynb_checkpoints/0-checkpoint.npy", clip());
    write("__MACOSX/tea/._0.npy", "AppleDouble");
    write("tea/Thumbs.db", "");
    write(".DS_Store", "");
    const auto corpus = open("npy");
    EXPECT_EQ(names_of(*corpus), Names{"tea/0"});
    EXPECT_EQ(corpus->listing().notes,
              Names{"6 hidden or system files or folders are skipped: .DS_Store, ._0.npy, "
                    ".ipynb_checkpoints, ..."});
}

TEST_F(FolderTreeTest, MpDataSkipsThemAmongLabelsSequencesAndFrames) {
    write("hello/0/0.npy", frame());
    write("hello/0/1.npy", frame());
    write("hello/0/._1.npy", "AppleDouble");
    write("hello/.ipynb_checkpoints/0.npy", frame());
    write(".ipynb_checkpoints/0/0.npy", frame());
    write("__MACOSX/hello/0/._0.npy", "AppleDouble");
    const auto corpus = open("mp-data");
    EXPECT_EQ(names_of(*corpus), Names{"hello/0"});
    const auto clip = corpus->read(0);
    EXPECT_EQ(clip.frames(), 2);
    EXPECT_EQ(clip.repairs, Names{"hidden or system files among the frames skipped"});
    ASSERT_EQ(corpus->listing().notes.size(), 1U);
    EXPECT_NE(corpus->listing().notes[0].find("3 hidden or system"), std::string::npos);
}

TEST_F(FolderTreeTest, HiddenTablesAndListsAreNoPartOfACorpus) {
    const std::string table = "nose_X,nose_Y,labels\n\"[0.1]\",\"[0.3]\",1\n";
    write("val.csv", table);
    write("._val.csv", "AppleDouble");
    EXPECT_EQ(names_of(*open("spoter")), Names{"val/0"});
}

TEST(SystemFiles, AreKnownByName) {
    for (const auto* name :
         {".git", "._a.pose", "THUMBS.DB", "Desktop.ini", "__MACOSX", "a.npy:Zone.Identifier", "@eaDir",
          "$RECYCLE.BIN", "~$labels.csv", "System Volume Information"}) {
        EXPECT_TRUE(is_system_file(name)) << name;
    }
    for (const auto* name : {"0.npy", "thumbs", "_a", "a.", "desktop", "MACOSX", "thumbs.db.npy"}) {
        EXPECT_FALSE(is_system_file(name)) << name;
    }
}

}  // namespace
}  // namespace sslslr::io::test
