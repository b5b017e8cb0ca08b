#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "dist/agree.hpp"
#include "io/store_writer.hpp"
#include "src/data/load_features.hpp"
#include "src/data/points.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

constexpr std::int64_t frame_values = 75 * 2;

/// 40 clips of 0 to 79 frames, clips 7 and 39 without any; gaps in the hands.
io::ClipIndex example_index() {
    io::ClipIndex index;
    index.offsets = {0};
    for (std::int64_t clip = 0; clip < 40; ++clip) {
        const auto length = clip % 32 == 7 ? 0 : 1 + clip * 29 % 79;
        index.offsets.push_back(index.offsets.back() + length);
        index.labels.push_back(clip % 4 - 1);
        index.signers.push_back(clip % 2);
        index.ids.push_back(100 + clip);
    }
    index.label_names = {"a", "b", "-"};
    index.signer_names = {"S01", "S02"};
    index.point_names = points_of("all");
    index.attributes["coordinates"] = "x,y";
    index.coordinates = 2;
    return index;
}

void example_clip(std::int64_t clip, std::span<float> out) {
    for (std::size_t at = 0; at < out.size(); ++at) {
        const auto frame = static_cast<std::int64_t>(at) / frame_values;
        const auto value = static_cast<std::int64_t>(at) % frame_values;
        const bool is_lost = value >= 66 && (frame + clip) % 3 == 0;
        out[at] =
            is_lost ? std::nanf("") : static_cast<float>((clip * 31 + frame * 7 + value * 13) % 64) / 64;
    }
}

/// A store that rank 0 writes and all ranks open, removed at the end.
class LoadFeatures : public testing::Test {
protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "load_features_XXXXXX").string();
        if (world_.rank() == 0) {
            ASSERT_NE(mkdtemp(name.data()), nullptr);
            io::write_store(std::filesystem::path{name} / "store.h5", example_index(), example_clip,
                            {.is_float16 = false});
        }
        folder_ = world_.broadcast(name);
    }
    void TearDown() override {
        world_.barrier();
        if (world_.rank() == 0) {
            std::filesystem::remove_all(folder_);
        }
    }

    std::string file() const { return (folder_ / "store.h5").string(); }

    dist::Communicator world_ = dist::Communicator::world();
    std::filesystem::path folder_;
};

TEST_F(LoadFeatures, EqualsPreprocessingEachClipAloneOnAnySplitIntoNodes) {
    const auto store = io::ClipStore::open({file()});
    const PreprocessConfig config{.frames = 32, .part_masks = true};
    const Preprocessor preprocess{config, store.index().point_names, 2};

    for (const int ranks_of_a_node : {1, 2, 4}) {
        const auto node = world_.split(world_.rank() / ranks_of_a_node);
        for (const auto dtype : {torch::kFloat32, torch::kFloat64}) {
            const auto resident = load_features(store, config, world_, node, {.dtype = dtype});

            const auto& features = resident.features();
            ASSERT_EQ(features.clips(), 40);
            ASSERT_EQ(features.frames.scalar_type(), dtype);
            ASSERT_EQ(features.layout.width(), 133);
            for (std::int64_t clip = 0; clip < 40; ++clip) {
                std::vector<float> values(
                    static_cast<std::size_t>((store.index().offsets[static_cast<std::size_t>(clip) + 1] -
                                              store.index().offsets[static_cast<std::size_t>(clip)]) *
                                             frame_values));
                example_clip(clip, values);
                const auto expected = values.empty() ? std::vector<float>{} : preprocess(values);
                const auto first = features.offsets[static_cast<std::size_t>(clip)];
                const auto actual = features.frames.slice(0, first, first + features.length(clip))
                                        .to(torch::kFloat32)
                                        .contiguous();
                EXPECT_TRUE(std::equal(expected.begin(), expected.end(), actual.const_data_ptr<float>(),
                                       actual.const_data_ptr<float>() + actual.numel()))
                    << "clip " << clip;
            }
            world_.barrier();  // nobody frees the memory while others read
        }
    }
}

TEST_F(LoadFeatures, KeepsLabelsAndSignersAndReportsClipsWithoutFrames) {
    const auto store = io::ClipStore::open({file()});

    const auto resident = load_features(store, {}, world_, world_);

    EXPECT_EQ(resident.features().labels, example_index().labels);
    EXPECT_EQ(resident.features().signers, example_index().signers);
    EXPECT_EQ(resident.empty_clips(), (std::vector<std::int64_t>{7, 39}));
}

TEST_F(LoadFeatures, AnImpossibleOptionIsTheSameErrorOnEveryRank) {
    const auto store = io::ClipStore::open({file()});
    try {
        load_features(store, {.coordinates = 3}, world_, world_);
        FAIL() << "no error";
    } catch (const dist::AgreedError& error) {
        EXPECT_EQ(error.exit_code, exit_configuration);
        EXPECT_NE(std::string{error.what()}.find("--coordinates 3"), std::string::npos) << error.what();
    }
}

TEST_F(LoadFeatures, DamagedLandmarksAreTheSameErrorOnEveryRank) {
    if (world_.rank() == 0) {
        std::fstream bytes{file(), std::ios::in | std::ios::out | std::ios::binary};
        const auto middle = static_cast<std::streamoff>(std::filesystem::file_size(file()) / 2);
        bytes.seekg(middle);
        const auto damaged = static_cast<char>(bytes.get() ^ 1);
        bytes.seekp(middle);
        bytes.put(damaged);
    }
    world_.barrier();
    const auto store = io::ClipStore::open({file()});
    std::string message = "no error";
    try {
        load_features(store, {}, world_, world_);
    } catch (const dist::AgreedError& error) {
        message = error.what();
        EXPECT_EQ(error.exit_code, exit_data);
    }

    EXPECT_NE(message.find("store.h5"), std::string::npos) << message;
    EXPECT_EQ(world_.broadcast(message), message);
}

}  // namespace
}  // namespace sslslr
