// Corpora of every format that the program itself reads, written byte by byte and opened like a user's.
#include <cmath>
#include <csignal>
#include <map>

#include <gtest/gtest.h>
#include <hdf5.h>

#include "io/corpus/open_corpus.hpp"
#include "io/corpus/point_order.hpp"
#include "tests/io/corpus/corpus_files.hpp"
#include "tests/io/corpus/corpus_test.hpp"
#include "tests/io/corpus/pose_bytes.hpp"
#include "tests/io/store_files.hpp"

namespace sslslr::io::test {
namespace {

namespace fs = std::filesystem;

class LsfbTest : public CorpusTest {
protected:
    void SetUp() override {
        write("instances.csv", "id,sign,signer,start,end\nA,TEA,S1,0,10\nB,NO,S2,5,9\n");
        write("metadata/sign_to_index.csv", "sign,class\nTEA,1\nNO,0\n");
        write("metadata/splits/train.json", R"(["B"])");
        write("metadata/splits/test.json", R"(["A"])");
        write_clip("A", 2, 33);
        write_clip("B", 0, 23);
    }
    void write_clip(const std::string& id, std::size_t frames, std::size_t pose_points) const {
        write("poses_raw/pose/" + id + ".npy", halves(frames, pose_points, one));
        write("poses_raw/left_hand/" + id + ".npy", halves(frames, 21, nan));
        write("poses_raw/right_hand/" + id + ".npy", halves(frames, 21, half));
    }
};

TEST_F(LsfbTest, ReadsClipsLabelsSignersAndSplits) {
    const auto corpus = open("lsfb");
    const auto& listing = corpus->listing();
    ASSERT_EQ(listing.clips.size(), 2U);
    EXPECT_EQ(listing.clips[0].label, "TEA");
    EXPECT_EQ(listing.clips[1].signer, "S2");
    EXPECT_EQ(listing.labels, (std::vector<std::string>{"NO", "TEA"})) << "in the order of their class";
    EXPECT_EQ(listing.splits.at("train"), std::vector<std::string>{"B"});

    const auto clip = corpus->read(0);
    EXPECT_EQ(clip.frames(), 2);
    EXPECT_EQ(value_at(clip, 1, "pose.nose", 0), 1.0F);
    EXPECT_TRUE(std::isnan(value_at(clip, 1, "left_hand.wrist", 0)));
    EXPECT_EQ(value_at(clip, 0, "right_hand.pinky_tip", 1), 0.5F);
    EXPECT_EQ(corpus->read(1).frames(), 0) << "LSFB holds clips without frames";
}

TEST_F(LsfbTest, APoseOf23PointsLeavesTheLegsUndetected) {
    write_clip("B", 3, 23);
    const auto clip = open("lsfb")->read(1);
    EXPECT_EQ(clip.frames(), 3);
    EXPECT_EQ(value_at(clip, 2, "pose.right_thumb", 0), 1.0F);
    EXPECT_TRUE(std::isnan(value_at(clip, 2, "pose.left_hip", 0)));
}

TEST_F(LsfbTest, TakesInterpolatedPosesOnlyWhereThereAreNoRawOnesOrIfAsked) {
    write("poses/pose/A.npy", halves(2, 33, half));
    write("poses/left_hand/A.npy", halves(2, 21, half));
    write("poses/right_hand/A.npy", halves(2, 21, half));
    EXPECT_EQ(value_at(open("lsfb")->read(0), 0, "pose.nose", 0), 1.0F);
    options_.poses = "interpolated";
    EXPECT_EQ(value_at(open("lsfb")->read(0), 0, "pose.nose", 0), 0.5F);
    options_.poses = "auto";
    fs::remove_all(folder_ / "in/poses_raw");
    EXPECT_EQ(value_at(open("lsfb")->read(0), 0, "pose.nose", 0), 0.5F);
}

TEST_F(LsfbTest, AClipWhosePartsDisagreeOrAreMissingIsAnErrorOfThatClipAlone) {
    write("poses_raw/left_hand/A.npy", halves(3, 21, one));
    write_clip("B", 1, 33);
    const auto corpus = open("lsfb");
    EXPECT_NE(error_of([&] {
                  corpus->read(0);
              }).find("left_hand/A.npy: expected 2 frames as in the clip's pose, found 3"),
              std::string::npos);
    EXPECT_EQ(corpus->read(1).frames(), 1);
    fs::remove(folder_ / "in/poses_raw/left_hand/A.npy");
    EXPECT_NE(error_of([&] { corpus->read(0); }).find("left_hand/A.npy"), std::string::npos);
    write("poses_raw/left_hand/A.npy", halves(2, 20, one));
    EXPECT_NE(
        error_of([&] { corpus->read(0); }).find("expected a shape of [frames, 21, 3], found [2, 20, 3]"),
        std::string::npos);
}

TEST_F(LsfbTest, NotesSplitsOfUnknownIdsAndRefusesAClipOfTwoSplits) {
    write("metadata/splits/test.json", R"(["C", "A"])");
    write("metadata/splits/fold_0.json", R"(["A", "B"])");
    const auto corpus = open("lsfb");
    EXPECT_EQ(corpus->listing().notes,
              std::vector<std::string>{"test.json names 1 clip that instances.csv lacks: C"});
    EXPECT_EQ(corpus->listing().splits.at("test"), std::vector<std::string>{"A"});
    EXPECT_EQ(corpus->listing().splits.at("fold_0").size(), 2U) << "folds may overlap train and test";
    write("metadata/splits/test.json", R"(["B"])");
    EXPECT_NE(
        error_of([&] {
            open("lsfb");
        }).find("expected each clip in one of train, val and test, found 'B' in train.json and test.json"),
        std::string::npos);
}

TEST_F(LsfbTest, AnIdThatIsListedTwiceIsOneClip) {
    write("instances.csv", "id,sign,signer,start,end\nA,TEA,S1,0,10\nB,NO,S2,5,9\nA,TEA,S1,0,10\n");
    EXPECT_EQ(open("lsfb")->listing().clips.size(), 2U);
    write("instances.csv", "id,sign,signer,start,end\nA,TEA,S1,0,10\nB,NO,S2,5,9\nA,NO,S1,0,10\n");
    EXPECT_NE(error_of([&] { open("lsfb"); }).find("found 'A' with the labels 'TEA' and 'NO'"),
              std::string::npos);
}

TEST_F(LsfbTest, RefusesAnotherLayout) {
    write("metadata/splits/test.json", R"({"C": 1})");
    EXPECT_NE(error_of([&] {
                  open("lsfb");
              }).find("expected a flat list of clip names, as [\"A\", \"B\"], found '{\"C\":1}'"),
              std::string::npos);
    fs::remove_all(folder_ / "in/poses_raw");
    EXPECT_NE(error_of([&] { open("lsfb"); }).find("expected a folder of LSFB-ISOL"), std::string::npos);
}

class MpDataTest : public CorpusTest {
protected:
    /// A frame of `count` numbers 1, 2, 3, ..., of which `zeros` from `begin` on are 0 instead.
    static std::string frame(std::size_t count, std::size_t begin = 0, std::size_t zeros = 0) {
        std::vector<double> numbers;
        for (std::size_t i = 0; i < count; ++i) {
            numbers.push_back(i >= begin && i < begin + zeros ? 0 : static_cast<double>(i + 1));
        }
        return npy_bytes("<f8", {count}, bytes_of(numbers));
    }
};

TEST_F(MpDataTest, ReadsEveryVariantAndSortsFramesAndSequencesByNumber) {
    for (int i = 0; i < 11; ++i) {
        write(fmt::format("thank you/{}/0.npy", i), frame(126));
    }
    for (int i = 0; i < 12; ++i) {
        write(fmt::format("hello/0/{}.npy", i), i == 10 ? frame(1662, 132 + 1404, 63) : frame(1662));
    }
    write("no/0/0.npy", frame(258));
    write("no/1/0.npy", frame(225));
    const auto corpus = open("mp-data");
    const auto& clips = corpus->listing().clips;
    ASSERT_EQ(clips.size(), 14U);
    EXPECT_EQ(clips[0].name, "hello/0");
    EXPECT_EQ(clips.back().name, "thank you/10");
    EXPECT_EQ(clips.back().label, "thank you");

    const auto hello = corpus->read(0);
    EXPECT_EQ(hello.frames(), 12);
    EXPECT_EQ(value_at(hello, 0, "pose.left_eye_inner", 0), 5.0F) << "four numbers per point of the pose";
    EXPECT_EQ(value_at(hello, 0, "left_hand.wrist", 0), 132 + 1404 + 1.0F);
    EXPECT_TRUE(std::isnan(value_at(hello, 10, "left_hand.wrist", 0)))
        << "the tenth frame is the eleventh file";
    EXPECT_FALSE(std::isnan(value_at(hello, 10, "right_hand.wrist", 0)));
    EXPECT_EQ(value_at(corpus->read(1), 0, "right_hand.wrist", 2), 132 + 63 + 3.0F);
    EXPECT_EQ(value_at(corpus->read(2), 0, "pose.left_eye_inner", 0), 4.0F) << "three numbers per point";
    EXPECT_TRUE(std::isnan(value_at(corpus->read(3), 0, "pose.nose", 0))) << "only hands";
    EXPECT_TRUE(hello.repairs.empty());
}

TEST_F(MpDataTest, TellsOfGapsInTheNumberingAndRefusesOtherWidths) {
    write("a/0/0.npy", frame(258));
    write("a/0/5.npy", frame(258));
    write("a/1/0.npy", frame(100));
    const auto corpus = open("mp-data");
    EXPECT_EQ(corpus->read(0).repairs,
              std::vector<std::string>{"gaps in the frame numbers: the remaining frames joined"});
    EXPECT_NE(error_of([&] { corpus->read(1); }).find("1/0.npy: expected flat frames of 1662 or 1692"),
              std::string::npos);
}

class PoseTest : public CorpusTest {
protected:
    static PoseSketch sketch(float version) {
        PoseSketch pose{.version = version};
        pose.values = {10, 20, 30, 40, 50, 5, 11, 21, 31, 41, 51, 6};
        pose.confidence = {1, 1, 1, 1, 0, 0.5F};
        return pose;
    }
};

TEST_F(PoseTest, ReadsEveryVersionByThePointsNamesScaledByThePicture) {
    for (const float version : {0.0F, 0.1F, 0.2F}) {
        auto pose = sketch(version);
        write("tea/a.pose", pose_bytes(pose));
        const auto corpus = open("pose");
        EXPECT_EQ(corpus->listing().clips[0].label, "tea");
        const auto clip = corpus->read(0);
        ASSERT_EQ(clip.frames(), 2) << version;
        EXPECT_EQ(clip.fps, 25);
        EXPECT_FLOAT_EQ(value_at(clip, 0, "pose.nose", 0), 0.1F);
        EXPECT_FLOAT_EQ(value_at(clip, 0, "pose.nose", 1), 0.4F);
        EXPECT_FLOAT_EQ(value_at(clip, 0, "right_hand.wrist", 1), 0.1F);
        EXPECT_TRUE(std::isnan(value_at(clip, 1, "pose.left_shoulder", 0))) << "confidence 0";
        EXPECT_FLOAT_EQ(value_at(clip, 1, "right_hand.wrist", 0), 0.51F);
        EXPECT_EQ(detected(clip), 5U * 2) << "x and y of five points";
    }
}

TEST_F(PoseTest, KeepsTheSurestOfSeveralPeople) {
    for (const float version : {0.0F, 0.1F, 0.2F}) {
        auto pose = sketch(version);
        pose.frames = 1;
        pose.people = 2;
        pose.confidence = {0.1F, 0.1F, 0.1F, 0.9F, 0.9F, 0.9F};
        write("a.pose", pose_bytes(pose));
        const auto clip = open("pose")->read(0);
        EXPECT_FLOAT_EQ(value_at(clip, 0, "pose.nose", 0), 0.11F) << version;
        ASSERT_EQ(clip.repairs.size(), 1U);
    }
}

TEST_F(PoseTest, KnowsOpenPosesNames) {
    auto pose = sketch(0.1F);
    pose.components = {{"pose_keypoints_2d", {"RShoulder", "Neck"}}, {"hand_left_keypoints_2d", {"I_DIP"}}};
    write("a.pose", pose_bytes(pose));
    const auto clip = open("pose")->read(0);
    EXPECT_FLOAT_EQ(value_at(clip, 0, "pose.right_shoulder", 0), 0.1F);
    EXPECT_FLOAT_EQ(value_at(clip, 0, "left_hand.index_finger_tip", 0), 0.5F);
    EXPECT_EQ(detected(clip), 4U * 2) << "the neck is none of MediaPipe's";
}

TEST_F(PoseTest, KnowsCocoWholebodysNames) {
    auto pose = sketch(0.2F);
    pose.frames = 1;
    pose.components = {{"BODY", {"left_eye", "left_big_toe", "right_small_toe"}},
                       {"FACE", {"face-0"}},
                       {"LEFT_HAND", {"left_hand_0", "left_hand_21"}},
                       {"RIGHT_HAND_133", {"hand_8", "hand_20"}}};
    pose.values = {10, 1, 20, 2, 30, 3, 40, 4, 50, 5, 60, 6, 70, 7, 80, 8};
    pose.confidence.assign(8, 1);
    write("a.pose", pose_bytes(pose));
    const auto clip = open("pose")->read(0);
    EXPECT_FLOAT_EQ(value_at(clip, 0, "pose.left_eye", 0), 0.1F);
    EXPECT_FLOAT_EQ(value_at(clip, 0, "pose.left_foot_index", 0), 0.2F);
    EXPECT_FLOAT_EQ(value_at(clip, 0, "left_hand.wrist", 0), 0.5F);
    EXPECT_FLOAT_EQ(value_at(clip, 0, "right_hand.index_finger_tip", 0), 0.7F);
    EXPECT_FLOAT_EQ(value_at(clip, 0, "right_hand.pinky_tip", 0), 0.8F);
    EXPECT_EQ(detected(clip), 5U * 2) << "neither the face nor small toes nor a 22nd point of a hand";
}

TEST_F(PoseTest, HandsAmongTheBodysPointsShareItsWrists) {
    auto pose = sketch(0.2F);
    pose.frames = 1;
    pose.components = {
        {"BODY_135", {"LWrist", "RWrist", "LThumb1CMC", "LIndex4FingerTip", "RPinky1Knuckles", "REye0"}}};
    pose.confidence = {1, 1, 1, 1, 0, 1};
    write("a.pose", pose_bytes(pose));
    const auto clip = open("pose")->read(0);
    EXPECT_FLOAT_EQ(value_at(clip, 0, "pose.left_wrist", 0), 0.1F);
    EXPECT_FLOAT_EQ(value_at(clip, 0, "left_hand.wrist", 0), 0.1F);
    EXPECT_FLOAT_EQ(value_at(clip, 0, "left_hand.thumb_cmc", 0), 0.5F);
    EXPECT_FLOAT_EQ(value_at(clip, 0, "left_hand.index_finger_tip", 0), 0.11F);
    EXPECT_FLOAT_EQ(value_at(clip, 0, "pose.right_wrist", 0), 0.3F);
    EXPECT_TRUE(std::isnan(value_at(clip, 0, "right_hand.wrist", 0))) << "no point of this hand was detected";
    EXPECT_EQ(detected(clip), 5U * 2);
}

TEST_F(PoseTest, DropsTheDepthThatAKinectMeasured) {
    for (const float version : {0.0F, 0.1F, 0.2F}) {
        auto pose = sketch(version);
        pose.format = "XYZKC";
        pose.frames = 1;
        pose.values = {10, 20, 7, 900, 30, 40, 8, 901, 50, 5, 9, 902};
        pose.confidence.assign(3, 1);
        write("a.pose", pose_bytes(pose));
        const auto clip = open("pose")->read(0);
        ASSERT_EQ(clip.frames(), 1) << version;
        EXPECT_FLOAT_EQ(value_at(clip, 0, "pose.nose", 2), 7) << version;
        EXPECT_FLOAT_EQ(value_at(clip, 0, "pose.left_shoulder", 0), 0.3F);
        EXPECT_FLOAT_EQ(value_at(clip, 0, "right_hand.wrist", 2), 9);
        EXPECT_EQ(detected(clip), 3U * 3);
    }
    auto pose = sketch(0.1F);
    pose.format = "XYK";
    write("a.pose", pose_bytes(pose));
    EXPECT_NE(error_of([&] {
                  open("pose")->read(0);
              }).find("expected values of the form XYC, XYZC, XYZKC, found 'XYK'"),
              std::string::npos);
}

TEST_F(PoseTest, ReportsNobodySeveralPeopleAndWhatTheHeaderLacks) {
    const auto repairs = [&](const PoseSketch& pose) {
        write("a.pose", pose_bytes(pose));
        return open("pose")->read(0).repairs;
    };
    auto nobody = sketch(0.2F);
    nobody.people = 0;
    nobody.values.clear();
    nobody.confidence.clear();
    EXPECT_EQ(repairs(nobody), std::vector<std::string>{"no person in the file"});

    auto swapped = sketch(0.1F);  // two frames of two people with three points
    swapped.people = 2;
    swapped.values.assign(24, 20);
    swapped.confidence = {1, 1, 1, 0, 0, 0, 0, 0, 0, 0.5F, 0.5F, 0.5F};
    const auto found = repairs(swapped);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_NE(found[1].find("frames without the person kept are treated as not detected"), std::string::npos);

    auto bare = sketch(0.2F);
    bare.fps = std::numeric_limits<float>::quiet_NaN();
    bare.width = 0;
    const auto lacks = repairs(bare);
    ASSERT_EQ(lacks.size(), 2U);
    EXPECT_NE(lacks[0].find("no frame rate"), std::string::npos);
    EXPECT_NE(lacks[1].find("no image size"), std::string::npos);
    EXPECT_EQ(open("pose")->read(0).fps, 0);
}

TEST_F(PoseTest, RefusesFilesThatAreCutOffOrOfAnotherVersion) {
    const auto whole = pose_bytes(sketch(0.2F));
    const auto error = [&](const std::string& bytes) {
        write("a.pose", bytes);
        return error_of([&] { open("pose")->read(0); });
    };
    EXPECT_NE(error(whole.substr(0, whole.size() - 4)).find("expected 2 frames of 9 values each"),
              std::string::npos);
    EXPECT_NE(error(whole + "x").find("expected 2 frames"), std::string::npos);
    EXPECT_NE(error(whole.substr(0, 20)).find("is the file cut off, or no .pose file?"), std::string::npos);
    EXPECT_NE(error(pose_bytes(sketch(0.7F))).find("found version 0.7"), std::string::npos);
    auto face = sketch(0.1F);
    face.components = {{"FACE_LANDMARKS", {"0", "1", "2"}}};
    EXPECT_NE(error(pose_bytes(face))
                  .find("expected points of the body or hands named as in MediaPipe Holistic, OpenPose or "
                        "COCO wholebody, found components FACE_LANDMARKS (0, ...)"),
              std::string::npos);
}

TEST_F(PoseTest, ReadsAFileWithoutFrames) {
    for (const float version : {0.0F, 0.1F, 0.2F}) {
        PoseSketch pose{.version = version};
        pose.frames = 0;
        write("a.pose", pose_bytes(pose));
        EXPECT_EQ(open("pose")->read(0).frames(), 0) << version;
    }
}

TEST_F(PoseTest, AFileOfManyFramesWithoutPeopleCannotClaimAllMemory) {
    PoseSketch pose{.version = 0};
    pose.components = {{"POSE_LANDMARKS", std::vector<std::string>(20000, "P")}};
    auto bytes = pose_header(pose);
    put(bytes, std::uint16_t{25});
    put(bytes, std::uint16_t{60000});
    bytes.append(120000, '\0');
    write("a.pose", bytes);
    EXPECT_NE(error_of([&] { open("pose")->read(0); }).find("expected frames with people in them"),
              std::string::npos);
}

TEST_F(CorpusTest, AslCitizenHoldsTheRightHandBeforeTheLeft) {
    std::vector<double> values;
    for (std::size_t point = 0; point < 543; ++point) {
        const double value = point < 33 ? 1 : point < 54 ? 2 : point < 75 ? 3 : 4;  // pose, right, left, face
        values.insert(values.end(), {value, value});
    }
    std::fill_n(values.begin() + 33 * 2, 42, 0.0);
    auto second = values;
    std::fill_n(second.begin() + 33 * 2, 42, 2.0);
    values.insert(values.end(), second.begin(), second.end());
    write("1-A.npy", npy_bytes("<f8", {2, 543, 2}, bytes_of(values)));
    write("splits/train.csv", "Participant ID,Video file,Gloss,ASL-LEX Code\nP7,1-A.mp4,\"A, B\",X\n");
    write("splits/test.csv", "Participant ID,Video file,Gloss,ASL-LEX Code\nP8,2-B.mp4,C,X\n");
    const auto corpus = open("asl-citizen");
    EXPECT_EQ(corpus->listing().clips[0].label, "A, B");
    EXPECT_EQ(corpus->listing().clips[0].signer, "P7");
    EXPECT_EQ(corpus->listing().splits.at("train"), std::vector<std::string>{"1-A"});
    ASSERT_EQ(corpus->listing().notes.size(), 1U);
    EXPECT_EQ(corpus->listing().notes[0], "1 of 2 clips in the metadata were not found: 2-B.mp4");
    const auto clip = corpus->read(0);
    EXPECT_TRUE(std::isnan(value_at(clip, 0, "right_hand.wrist", 0)));
    EXPECT_EQ(value_at(clip, 1, "right_hand.wrist", 0), 2.0F);
    EXPECT_EQ(value_at(clip, 0, "left_hand.wrist", 0), 3.0F);
    EXPECT_TRUE(std::isnan(value_at(clip, 0, "pose.nose", 2))) << "no z";
}

TEST_F(CorpusTest, SpoterTakesPointsByTheirColumnsUnderBothSpellingsOfHands) {
    write("val.csv",
          "nose_X,nose_Y,neck_X,neck_Y,littleTip_0_X,littleTip_0_Y,thumbMP_right_X,thumbMP_right_Y,labels,"
          "video_fps\n"
          "\"[0.1, 0.2]\",\"[0.3, 0.4]\",\"[9, 9]\",\"[9, 9]\",\"[0.0, 0.5]\",\"[0.0, "
          "1e-1]\",\"[1,2]\",\"[3,4]\",10,25\n"
          "\"[0.1]\",\"[0.3, 0.4]\",\"[9]\",\"[9]\",\"[0.5]\",\"[0.5]\",\"[1]\",\"[3]\",2,25\n"
          "\"[0.1, x]\",\"[0.3, 0.4]\",\"[9]\",\"[9]\",\"[0.5]\",\"[0.5]\",\"[1]\",\"[3]\",2,25\n");
    const auto corpus = open("spoter");
    EXPECT_EQ(corpus->listing().labels, (std::vector<std::string>{"2", "10"}));
    EXPECT_EQ(corpus->listing().clips[0].name, "val/0");
    EXPECT_EQ(corpus->listing().clips[0].fps, 25);
    EXPECT_EQ(corpus->listing().splits.at("val").size(), 3U);
    const auto clip = corpus->read(0);
    EXPECT_FLOAT_EQ(value_at(clip, 1, "pose.nose", 1), 0.4F);
    EXPECT_TRUE(std::isnan(value_at(clip, 0, "left_hand.pinky_tip", 0))) << "0, 0 is missing";
    EXPECT_FLOAT_EQ(value_at(clip, 1, "left_hand.pinky_tip", 1), 0.1F);
    EXPECT_FLOAT_EQ(value_at(clip, 1, "right_hand.thumb_mcp", 1), 4.0F);
    EXPECT_EQ(detected(clip), 10U);
    EXPECT_NE(error_of([&] { corpus->read(1); }).find("row 3, column nose_Y: expected 1 numbers"),
              std::string::npos);
    EXPECT_NE(error_of([&] { corpus->read(2); }).find("row 4, column nose_X: expected a list of numbers"),
              std::string::npos);
}

TEST_F(CorpusTest, SpoterRefusesListsThatASpreadsheetHasCutOff) {
    write("val.csv", "nose_X,nose_Y,labels\n\"[0.5, 0.2\",\"[0.5, 0.2\",TEA\n");
    EXPECT_NE(error_of([&] { open("spoter")->read(0); })
                  .find("row 2, column nose_X: expected a list that ends with ']', found one that ends with "
                        "'[0.5, 0.2'"),
              std::string::npos);
}

TEST_F(CorpusTest, SpoterReadsListsAsPandasAndNumpyWriteThem) {
    write("sub/val.csv",
          "nose_X,nose_Y,leftEye_X,leftEye_Y,labels\n"
          "\"[np.float64(0.5), np.float64(0.25)]\",\"[0.5 0.25]\",\"[None, 0.5]\",\"[nan, 0.5]\",\n"
          "\"[0.5, 0.25]\",\"[np.float32(5e-1), NULL]\",,None,TEA\n");
    const auto corpus = open("spoter");
    EXPECT_EQ(corpus->listing().clips[0].label, "") << "an empty cell is no label";
    EXPECT_EQ(corpus->listing().labels, std::vector<std::string>{"TEA"});
    EXPECT_EQ(corpus->listing().splits.at("sub-val").size(), 2U);
    const auto clip = corpus->read(0);
    ASSERT_EQ(clip.frames(), 2);
    EXPECT_EQ(value_at(clip, 1, "pose.nose", 0), 0.25F);
    EXPECT_EQ(value_at(clip, 1, "pose.nose", 1), 0.25F);
    EXPECT_TRUE(std::isnan(value_at(clip, 0, "pose.left_eye", 0)));
    EXPECT_EQ(value_at(clip, 1, "pose.left_eye", 1), 0.5F);
    const auto second = corpus->read(1);
    EXPECT_EQ(second.frames(), 2);
    EXPECT_TRUE(std::isnan(value_at(second, 1, "pose.nose", 1)));
    EXPECT_TRUE(std::isnan(value_at(second, 0, "pose.left_eye", 0))) << "a cell without a list";
}

TEST_F(CorpusTest, ArraysAreReadInTheOrderThatTheirPointsOrTheUserName) {
    write("tea/a.npy", npy_bytes("<f4", {1, 75, 2}, bytes_of(std::vector<float>(150, 0.25F))));
    write("tea/b.npy", npy_bytes("<f4", {2, 150}, bytes_of(std::vector<float>(300, 0.5F))));
    write("tea/c.npy", npy_bytes("<f4", {1, 543, 3}, bytes_of(std::vector<float>(543 * 3, 1.0F))));
    write("tea/d.npy", npy_bytes("<f4", {0, 75, 2}, ""));
    const auto corpus = open("npy");
    EXPECT_EQ(corpus->listing().clips[0].label, "tea");
    EXPECT_EQ(value_at(corpus->read(0), 0, "right_hand.pinky_tip", 1), 0.25F);
    EXPECT_EQ(value_at(corpus->read(1), 1, "right_hand.pinky_tip", 1), 0.5F);
    EXPECT_NE(error_of([&] { corpus->read(2); }).find("name the order with --point-order"),
              std::string::npos);
    EXPECT_EQ(corpus->read(3).frames(), 0);
    options_.point_order = "holistic-543";
    EXPECT_EQ(value_at(open("npy")->read(2), 0, "pose.nose", 2), 1.0F);
    EXPECT_NE(error_of([&] {
                  open("npy")->read(0);
              }).find("expected 543 points as --point-order holistic-543 says, found 75"),
              std::string::npos);
    options_.point_order = "mediapipe";
    EXPECT_THROW(open("npy"), std::invalid_argument);
}

TEST_F(CorpusTest, APartThatTheArrayHoldsOnlyPartlyIsMissingWhereThatIsZero) {
    std::vector<float> values(65 * 2, 0.25F);
    std::fill_n(values.begin(), 23 * 2, 0.0F);
    write("a.npy", npy_bytes("<f4", {1, 65, 2}, bytes_of(values)));
    const auto clip = open("npy")->read(0);
    EXPECT_TRUE(std::isnan(value_at(clip, 0, "pose.nose", 0)));
    EXPECT_EQ(detected(clip), 42U * 2);
}

TEST_F(CorpusTest, ZerosOfAPartAreMissingUnlessTheUserSaysOtherwise) {
    std::vector<float> values(150, 0.25F);
    std::fill_n(values.begin() + 33 * 2, 42, 0.0F);
    values[0] = std::numeric_limits<float>::infinity();
    values[3] = 1e6F;
    write("a.npy", npy_bytes("<f4", {1, 75, 2}, bytes_of(values)));
    const auto clip = open("npy")->read(0);
    EXPECT_TRUE(std::isnan(value_at(clip, 0, "left_hand.thumb_tip", 0)));
    EXPECT_TRUE(std::isnan(value_at(clip, 0, "pose.nose", 0)));
    EXPECT_EQ(clip.repairs.size(), 1U);
    options_.zero_is_missing = false;
    EXPECT_EQ(value_at(open("npy")->read(0), 0, "left_hand.thumb_tip", 0), 0.0F);
}

class Hdf5CorpusTest : public CorpusTest {
protected:
    void SetUp() override {
        fs::create_directories(folder_ / "in");
        file_ = H5Fcreate((folder_ / "in/a.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    }
    void put_dataset(const std::string& name, std::vector<hsize_t> shape,
                     const std::vector<float>& values) const {
        const auto links = H5Pcreate(H5P_LINK_CREATE);
        H5Pset_create_intermediate_group(links, 1);
        const auto space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
        const auto set =
            H5Dcreate2(file_, name.c_str(), H5T_IEEE_F32LE, space, links, H5P_DEFAULT, H5P_DEFAULT);
        H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
        H5Dclose(set);
        H5Sclose(space);
        H5Pclose(links);
    }
    void close() const { H5Fclose(file_); }
    hid_t file_ = -1;
};

TEST_F(Hdf5CorpusTest, ReadsADatasetAClip) {
    put_dataset("/tea/a", {1, 75, 2}, std::vector<float>(150, 0.5F));
    put_dataset("/tea/b", {2, 75, 2}, std::vector<float>(300, 0.5F));
    put_dataset("/no/a", {1, 7}, std::vector<float>(7, 0.5F));
    close();
    const auto corpus = open("hdf5");
    ASSERT_EQ(corpus->listing().clips.size(), 3U);
    EXPECT_EQ(corpus->listing().clips[1].name, "tea/a");
    EXPECT_EQ(corpus->listing().clips[1].label, "tea");
    EXPECT_EQ(corpus->read(2).frames(), 2);
    EXPECT_NE(error_of([&] { corpus->read(0); }).find("/no/a: expected flat frames of"), std::string::npos);
}

TEST_F(Hdf5CorpusTest, HidesWhatOpenHandsDidNotSee) {
    std::vector<float> seen(75, 1);
    seen[0] = 0;
    put_dataset("/keypoints/x", {1, 75, 3}, std::vector<float>(225, 0.5F));
    put_dataset("/visibility/x", {1, 75}, seen);
    put_dataset("/keypoints/y", {1, 75, 3}, std::vector<float>(225, 0.5F));
    put_dataset("/visibility/y", {2, 75}, std::vector<float>(150, 1));
    close();
    const auto corpus = open("hdf5");
    ASSERT_EQ(corpus->listing().clips.size(), 2U);
    EXPECT_EQ(corpus->listing().clips[0].name, "x");
    const auto clip = corpus->read(0);
    EXPECT_TRUE(std::isnan(value_at(clip, 0, "pose.nose", 0)));
    EXPECT_EQ(value_at(clip, 0, "left_hand.wrist", 2), 0.5F);
    EXPECT_NE(
        error_of([&] { corpus->read(1); }).find("/visibility/y: expected a value for each of the 75 points"),
        std::string::npos);
}

TEST_F(Hdf5CorpusTest, ClipsOfSeveralFilesMayHaveTheSameNames) {
    put_dataset("/a", {1, 75, 2}, std::vector<float>(150, 0.5F));
    close();
    fs::copy_file(folder_ / "in/a.h5", folder_ / "in/b.h5");
    const auto corpus = open("hdf5");
    ASSERT_EQ(corpus->listing().clips.size(), 2U);
    EXPECT_EQ(corpus->listing().clips[0].name, "a/a");
    EXPECT_EQ(corpus->listing().clips[1].name, "b/a");
}

TEST_F(CorpusTest, ACorpusWithoutClipsIsRefused) {
    write("a.csv", "nose_X,nose_Y,labels\n");
    EXPECT_NE(error_of([&] { open("spoter"); }).find("expected clips to import, found none"),
              std::string::npos);
    write_bytes(folder_ / "my.csv", "clip,label\na/0,ONE\n");
    options_.metadata = (folder_ / "my.csv").string();
    EXPECT_NE(error_of([&] { open("spoter"); }).find("expected clips to import, found none"),
              std::string::npos);
}

TEST_F(CorpusTest, MetadataMayCutClipsAndNeedNot) {
    write("65225.npy", npy_bytes("<f4", {3, 75, 2}, bytes_of(std::vector<float>(450, 0.5F))));
    write_bytes(folder_ / "w.json",
                R"([{"gloss":"book","instances":[{"video_id":"65225","frame_start":2,"frame_end":3}]}])");
    options_.metadata = (folder_ / "w.json").string();
    EXPECT_EQ(open("npy")->listing().clips[0].first_frame, 1);
    options_.cut = false;
    const auto corpus = open("npy");
    EXPECT_EQ(corpus->listing().clips[0].first_frame, 0);
    EXPECT_EQ(corpus->listing().clips[0].end_frame, -1);
}

TEST_F(CorpusTest, AKindOfMetadataIsOfNoUseWithoutThem) {
    write("a.npy", npy_bytes("<f4", {1, 75, 2}, bytes_of(std::vector<float>(150, 0.5F))));
    options_.metadata_kind = "lsa64";
    EXPECT_THROW(open("npy"), std::invalid_argument);
    options_.metadata = folder_.path().string();
    options_.metadata_kind = "wlsal";
    EXPECT_THROW(open("npy"), std::invalid_argument);
}

TEST_F(CorpusTest, NamesFormatsThereAre) {
    try {
        open("telepathy");
        FAIL();
    } catch (const std::invalid_argument& error) {
        EXPECT_NE(std::string{error.what()}.find("expected asl-citizen, hdf5, lsfb"), std::string::npos);
    }
    EXPECT_NE(error_of([&] { open("npy"); }).find("found nothing of that name"), std::string::npos);
    write("a.txt", "");
    EXPECT_NE(error_of([&] { open("npy"); }).find("expected files ending in .npy, found none"),
              std::string::npos);
}

/// The reader is another program: a shell script that speaks the protocol.
class ProgramCorpusTest : public CorpusTest {
protected:
    ProgramCorpusTest() { std::signal(SIGPIPE, SIG_IGN); }  // as the program does when it starts

    std::unique_ptr<Corpus> open_script(const std::string& script) {
        write_bytes(folder_ / "reader.sh", script);
        options_.program = {"/bin/sh", (folder_ / "reader.sh").string()};
        return open("videos");
    }
    static constexpr auto listing = R"(echo '{"clips":[{"name":"a","label":"tea","fps":25},{"name":"b"}]}'
)";
};

TEST_F(ProgramCorpusTest, ReadsWhatTheProgramSays) {
    const auto corpus = open_script(std::string{listing} + R"(while read clip; do
        if [ "$clip" = 0 ]; then echo '{"frames":1,"fps":30,"repairs":["x"]}'; head -c 900 /dev/zero
        else echo '{"error":"expected a video"}'; fi
    done)");
    EXPECT_EQ(corpus->listing().clips[0].fps, 25);
    EXPECT_NE(error_of([&] { corpus->read(1); }).find("in/b: expected a video"), std::string::npos);
    const auto clip = corpus->read(0);
    EXPECT_EQ(clip.frames(), 1);
    EXPECT_EQ(clip.fps, 30);
    EXPECT_EQ(clip.repairs, std::vector<std::string>{"x"});
}

TEST_F(ProgramCorpusTest, AProgramThatDiesCostsOneClipAndIsStartedAnew) {
    const auto corpus = open_script(std::string{listing} + R"(while read clip; do
        if [ "$clip" = 0 ]; then kill -9 $$; fi
        echo '{"frames":0}'
    done)");
    EXPECT_NE(error_of([&] { corpus->read(0); }).find("its reader ended without an answer"),
              std::string::npos);
    EXPECT_EQ(corpus->read(1).frames(), 0);
    EXPECT_NE(error_of([&] { corpus->read(0); }).find("its reader ended"), std::string::npos);
}

TEST_F(ProgramCorpusTest, SignalsAreForUsAndNotForTheReader) {
    const auto corpus = open_script(std::string{listing} + R"(while read clip; do
        kill -TERM $$; kill -USR1 $$
        echo '{"frames":0}'
    done)");
    EXPECT_EQ(corpus->read(0).frames(), 0);
    EXPECT_EQ(corpus->read(1).frames(), 0);
}

TEST_F(ProgramCorpusTest, AReaderThatFindsOtherClipsWhenItIsStartedAnewIsNotBelieved) {
    const auto corpus = open_script(R"(D=$(dirname $0)
        if [ -e $D/again ]; then echo '{"clips":[{"name":"c"},{"name":"b"}]}'
        else touch $D/again; echo '{"clips":[{"name":"a"},{"name":"b"}]}'; exit; fi
        while read clip; do echo '{"frames":0}'; done)");
    EXPECT_NE(error_of([&] { corpus->read(0); }).find("its reader ended"), std::string::npos);
    EXPECT_NE(error_of([&] { corpus->read(1); }).find("holds other clips than when the import began"),
              std::string::npos);
}

TEST_F(ProgramCorpusTest, RefusesNoise) {
    EXPECT_NE(error_of([&] { open_script("echo hello"); }).find("ended without a listing"),
              std::string::npos);
    EXPECT_NE(error_of([&] { open_script("exit 1"); }).find("ended without a listing"), std::string::npos);
    EXPECT_NE(
        error_of([&] { open_script(R"(echo '{"error":"no such folder"}')"); }).find("in: no such folder"),
        std::string::npos);
    EXPECT_NE(error_of([&] { open_script(R"(echo '{"clips":[{"label":1}]}')"); }).find("listing is damaged"),
              std::string::npos);
    const auto corpus =
        open_script(std::string{listing} + R"(read clip; echo '{"frames":99999999999}'; read clip)");
    EXPECT_NE(error_of([&] { corpus->read(0); }).find("answered with 99999999999 frames"), std::string::npos);
}

TEST_F(ProgramCorpusTest, AReaderThatIsNotInstalledNamesTheCommandThatInstallsIt) {
    options_.program = {(folder_ / "nothing/python").string()};
    EXPECT_NE(error_of([&] { open("videos"); }).find("`launch/setup --importers` installs it"),
              std::string::npos);
}

}  // namespace
}  // namespace sslslr::io::test
