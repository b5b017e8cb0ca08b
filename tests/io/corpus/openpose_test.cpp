#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "io/corpus/open_corpus.hpp"
#include "io/corpus/point_order.hpp"
#include "io/file/setting.hpp"
#include "tests/io/corpus/corpus_files.hpp"
#include "tests/io/store_files.hpp"

namespace sslslr::io::test {
namespace {

class OpenPoseTest : public testing::Test {
protected:
    struct Person {
        std::size_t body = 25;
        double confidence = 1;
        double x = 64;  ///< of the first point, plus 1 per point; y of all points is twice this
    };

    static std::string points(std::size_t count, const Person& person) {
        std::vector<std::string> numbers;
        for (std::size_t i = 0; i < count; ++i) {
            numbers.push_back(
                fmt::format("{},{},{}", person.x + static_cast<double>(i), 2 * person.x, person.confidence));
        }
        return fmt::format("[{}]", fmt::join(numbers, ","));
    }
    static std::string frame(const std::vector<Person>& people) {
        std::vector<std::string> texts;
        for (const auto& person : people) {
            texts.push_back(fmt::format(R"({{"person_id":[-1],"pose_keypoints_2d":{},"face_keypoints_2d":[],)"
                                        R"("hand_left_keypoints_2d":{},"hand_right_keypoints_2d":{}}})",
                                        points(person.body, person), points(21, person), points(0, person)));
        }
        return fmt::format(R"({{"version":1.3,"people":[{}]}})", fmt::join(texts, ","));
    }
    void write(const std::string& name, const std::string& text) const {
        write_bytes(folder_ / "in" / (name + "_keypoints.json"), text);
    }
    std::unique_ptr<Corpus> open() const {
        return open_corpus({.format = "openpose", .input = folder_ / "in", .picture_size = size_});
    }
    static float value_at(const ImportedClip& clip, std::size_t frame, const std::string& point,
                          std::size_t axis) {
        return clip.landmarks.at(frame * import_frame_values +
                                 static_cast<std::size_t>(holistic_point(point)) * import_coordinates + axis);
    }
    TemporaryFolder folder_;
    std::string size_;
};

TEST_F(OpenPoseTest, AFolderAVideoIsAClipWithPointsByTheirNames) {
    write("00335/image_00001", frame({{}}));
    write("00335/image_00002", frame({}));
    write("00335/image_00010", frame({{.body = 18}}));
    write("book/00336/00336_000000000000", frame({{}}));
    write_bytes(folder_ / "in/WLASL_v0.3.json", "[]");
    const auto corpus = open();
    ASSERT_EQ(corpus->listing().clips.size(), 2U);
    EXPECT_EQ(corpus->listing().clips[0].name, "00335");
    EXPECT_EQ(corpus->listing().clips[0].label, "");
    EXPECT_EQ(corpus->listing().clips[1].name, "book/00336");
    EXPECT_EQ(corpus->listing().clips[1].label, "book");
    EXPECT_EQ(corpus->files(0).size(), 3U);

    const auto clip = corpus->read(0);
    ASSERT_EQ(clip.frames(), 3);
    EXPECT_FLOAT_EQ(value_at(clip, 0, "pose.nose", 0), 0.25F);
    EXPECT_FLOAT_EQ(value_at(clip, 0, "pose.nose", 1), 0.5F);
    EXPECT_FLOAT_EQ(value_at(clip, 0, "pose.right_shoulder", 0), 66.0F / 256)
        << "the third point; the neck has no place";
    EXPECT_FLOAT_EQ(value_at(clip, 0, "pose.left_eye", 0), (64 + 16) / 256.0F);
    EXPECT_FLOAT_EQ(value_at(clip, 2, "pose.left_eye", 0), (64 + 15) / 256.0F) << "COCO's order of 18 points";
    EXPECT_FLOAT_EQ(value_at(clip, 0, "left_hand.pinky_tip", 0), (64 + 20) / 256.0F);
    EXPECT_TRUE(std::isnan(value_at(clip, 0, "right_hand.wrist", 0))) << "an empty part";
    EXPECT_TRUE(std::isnan(value_at(clip, 0, "pose.nose", 2))) << "no z";
    EXPECT_TRUE(std::isnan(value_at(clip, 1, "pose.nose", 0))) << "nobody in the picture";
    EXPECT_EQ(clip.repairs,
              std::vector<std::string>{"gaps in the frame numbers: the remaining frames joined"});
}

TEST_F(OpenPoseTest, KeepsTheSurestPersonOfEachFrameAndNothingOfConfidenceZero) {
    write("a/a_0", frame({{.confidence = 0.2, .x = 10}, {.confidence = 0.9, .x = 20}}));
    write("a/a_1", frame({{.confidence = 0.9, .x = 30}, {.confidence = 0, .x = 40}}));
    write("a/a_2", frame({{.confidence = 0}}));
    const auto clip = open()->read(0);
    EXPECT_FLOAT_EQ(value_at(clip, 0, "pose.nose", 0), 20.0F / 256);
    EXPECT_FLOAT_EQ(value_at(clip, 1, "pose.nose", 0), 30.0F / 256);
    EXPECT_TRUE(std::isnan(value_at(clip, 2, "pose.nose", 0)));
    EXPECT_EQ(clip.repairs,
              std::vector<std::string>{
                  "several people in the files: the one with the highest confidence in each frame kept"});
}

TEST_F(OpenPoseTest, CoordinatesAreSharesOfThePicture) {
    write("a/a_0", frame({{.x = 640}}));
    const auto clip = open()->read(0);
    ASSERT_EQ(clip.repairs.size(), 1U);
    EXPECT_NE(as_options(clip.repairs[0]).find("set the images' size with --picture-size"),
              std::string::npos);
    size_ = "1280x2560";
    const auto scaled = open()->read(0);
    EXPECT_FLOAT_EQ(value_at(scaled, 0, "pose.nose", 0), 0.5F);
    EXPECT_FLOAT_EQ(value_at(scaled, 0, "pose.nose", 1), 0.5F);
    EXPECT_TRUE(scaled.repairs.empty());
    for (const std::string size : {"1280", "1280x", "x720", "0x5", "axb", "5x5x5", "nanx5"}) {
        size_ = size;
        EXPECT_THROW(open(), std::invalid_argument) << size;
    }
}

TEST_F(OpenPoseTest, FilesOfAnotherNameAreCountedAndNamed) {
    write("a/image_00001", frame({{}}));
    EXPECT_TRUE(open()->listing().notes.empty());
    write_bytes(folder_ / "in/a/image_00002_keypoints (1).json", frame({{}}));
    EXPECT_EQ(open()->listing().notes,
              std::vector<std::string>{"1 .json file is not named NAME_NUMBER_keypoints.json: not read: "
                                       "image_00002_keypoints (1).json"});
    for (const std::string number : {"1", "2", "3"}) {
        write_bytes(folder_ / "in/b" / ("image_0000" + number + ".json"), frame({{}}));
    }
    const auto corpus = open();
    EXPECT_EQ(corpus->listing().clips.size(), 1U);
    EXPECT_EQ(corpus->listing().notes,
              std::vector<std::string>{"4 .json files are not named NAME_NUMBER_keypoints.json: not read: "
                                       "image_00002_keypoints (1).json, image_00001.json, "
                                       "image_00002.json, ..."});
}

TEST_F(OpenPoseTest, VideosThatShareAFolderAreClipsOfTheirOwn) {
    write("a_000", frame({{}}));
    write("b_000", frame({{}}));
    write("b_001", frame({{}}));
    const auto corpus = open();
    ASSERT_EQ(corpus->listing().clips.size(), 2U);
    EXPECT_EQ(corpus->listing().clips[1].name, "b");
    EXPECT_EQ(corpus->read(1).frames(), 2);
}

TEST_F(OpenPoseTest, DamagedFramesAreErrorsOfTheirClip) {
    write("a/a_0", frame({{.body = 24}}));
    write("b/b_0", "{\"people\": 1}");
    write("c/c_0", "{\"peop");
    write("d/d_0", R"({"people": [{"pose_keypoints_2d": ["x"]}]})");
    const auto corpus = open();
    EXPECT_NE(error_of([&] {
                  corpus->read(0);
              }).find("expected 25 points of x, y and confidence (BODY_25) or 18, found 72"),
              std::string::npos);
    EXPECT_NE(error_of([&] { corpus->read(1); }).find("expected OpenPose's JSON"), std::string::npos);
    EXPECT_NE(error_of([&] { corpus->read(2); }).find("c_0_keypoints.json: expected JSON"),
              std::string::npos);
    EXPECT_NE(error_of([&] { corpus->read(3); }).find("expected 25 points"), std::string::npos);
}

TEST_F(OpenPoseTest, AFolderWithoutFramesIsRefused) {
    write_bytes(folder_ / "in/a.json", "{}");
    EXPECT_NE(error_of([&] { open(); }).find("NAME_NUMBER_keypoints.json, found none"), std::string::npos);
}

}  // namespace
}  // namespace sslslr::io::test
