#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "dist/agree.hpp"
#include "io/file/data_error.hpp"
#include "io/file/setting.hpp"
#include "src/data/gather.hpp"
#include "src/data/load_features.hpp"
#include "src/errors.hpp"
#include "tests/src/data/example_store.hpp"

namespace sslslr {
namespace {

class LoadFeatures : public ExampleStoreTest {};

TEST_F(LoadFeatures, EqualsPreprocessingEachClipAloneOnAnySplitIntoNodes) {
    const auto store = io::ClipStore::open({file()});
    const PreprocessConfig config{.frames = 32, .validity = true};
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
            world_.barrier();  // no rank frees the memory while others read
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

TEST_F(LoadFeatures, CountsTheClipsThatHaveNoShouldersOnAnySplitIntoNodes) {
    const auto hands = (folder_ / "hands.h5").string();
    if (world_.rank() == 0) {
        io::write_store(hands, example_index(), [](std::int64_t clip, std::span<float> out) {
            example_clip(clip, out);
            for (std::size_t at = 0; clip % 5 == 2 && at < out.size(); ++at) {
                out[at] = at % frame_values < 66 ? std::nanf("") : out[at];
            }
        });
    }
    world_.barrier();
    const auto store = io::ClipStore::open({hands});

    for (const int ranks_of_a_node : {1, 2}) {
        const auto node = world_.split(world_.rank() / ranks_of_a_node);
        const auto resident = load_features(store, {}, world_, node);
        EXPECT_EQ(resident.scaled_by_palms().clips, 7) << "one of eight has no frames";
        EXPECT_EQ(resident.scaled_by_palms().out_of, 38);
        world_.barrier();
    }
    const auto raw = load_features(store, {.normalise = false}, world_, world_);
    EXPECT_EQ(raw.scaled_by_palms().clips, 0);
    const auto streamed = load_features(store, {}, world_, world_, {.memory_limit = 0});
    EXPECT_EQ(streamed.scaled_by_palms().clips > 0, world_.rank() == 0);
}

TEST_F(LoadFeatures, AnImpossibleOptionIsTheSameErrorOnEveryRank) {
    const auto store = io::ClipStore::open({file()});
    try {
        load_features(store, {.coordinates = 3}, world_, world_);
        FAIL() << "no error";
    } catch (const dist::AgreedError& error) {
        EXPECT_EQ(error.exit_code, exit_configuration);
        EXPECT_NE(io::as_options(error.what()).find("--coordinates 3"), std::string::npos) << error.what();
    }
}

TEST_F(LoadFeatures, DamagedLandmarksAreTheSameErrorOnEveryRank) {
    damage_landmarks();
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

TEST_F(LoadFeatures, StreamedClipsAreTheResidentOnesBitForBitInAnyOrder) {
    for (const auto& name : {file(), compressed_file()}) {
        const auto store = io::ClipStore::open({name});
        for (const auto dtype : {torch::kFloat32, torch::kFloat64}) {
            const PreprocessConfig config{.smooth = true, .frames = 32, .validity = true};
            const auto resident = load_features(store, config, world_, world_, {.dtype = dtype});
            const auto streamed = load_features(store, config, world_, world_, {dtype, 1000});

            ASSERT_NE(streamed.features().streamed, nullptr);
            ASSERT_FALSE(streamed.features().frames.defined());
            EXPECT_EQ(streamed.empty_clips(), resident.empty_clips());
            for (const auto& clips :
                 {std::vector<std::int64_t>{}, {7}, {39, 0, 12, 12, 7, 3}, {world_.rank()}}) {
                const auto expected = gather(resident.features(), clips);
                const auto actual = gather(streamed.features(), clips);
                EXPECT_TRUE(torch::equal(actual.frames, expected.frames));
                EXPECT_EQ(actual.frames.scalar_type(), dtype);
                EXPECT_EQ(actual.offsets, expected.offsets);
                EXPECT_EQ(actual.ids, expected.ids);
            }
            world_.barrier();
        }
    }
}

TEST_F(LoadFeatures, ALimitThatOneNodeCannotKeepMakesAllStream) {
    const auto store = io::ClipStore::open({file()});
    const std::int64_t bytes = store.index().frames() * 130 * 4;
    const auto node = world_.split(world_.rank());
    const auto own_limit = world_.rank() == world_.size() - 1 ? bytes - 1 : bytes;

    const auto fitting = load_features(store, {.frames = 1000}, world_, node, {.memory_limit = bytes});
    const auto too_large = load_features(store, {.frames = 1000}, world_, node, {.memory_limit = own_limit});

    EXPECT_EQ(fitting.features().streamed, nullptr);
    EXPECT_NE(too_large.features().streamed, nullptr);
}

TEST_F(LoadFeatures, WhatRanksOfANodeCannotShareIsStreamedAndTheReasonNamesWhere) {
    const auto store = io::ClipStore::open({file()});
    const dist::SharedMemorySpace tiny{.bytes = 65536, .available = 60000};

    const auto one_a_node = load_features(store, {}, world_, world_.split(world_.rank()), {.shared = tiny});
    const auto together = load_features(store, {}, world_, world_, {.shared = tiny});

    EXPECT_EQ(one_a_node.features().streamed, nullptr) << "nothing is shared";
    EXPECT_EQ(one_a_node.why_streamed(), "");
    EXPECT_EQ(together.features().streamed != nullptr, world_.size() > 1);
    if (world_.size() > 1) {
        EXPECT_EQ(together.why_streamed(),
                  "preprocessed clips would take 0.000746 GB, but the ranks of a node cannot share that much "
                  "in /dev/shm (6.55e-05 GB, 6e-05 GB free); containers get more with --shm-size");
    }
}

TEST_F(LoadFeatures, DamagedLandmarksThatAreStreamedAreAnErrorOfWhoReadsThem) {
    damage_landmarks();
    const auto store = io::ClipStore::open({file()});
    const auto streamed = load_features(store, {}, world_, world_, {.memory_limit = 0});

    try {
        gather(streamed.features(), std::vector<std::int64_t>{0, 20});
        FAIL() << "no error";
    } catch (const io::DataError& error) {
        EXPECT_NE(std::string{error.what()}.find("store.h5"), std::string::npos) << error.what();
    }
}

std::int64_t bytes_read_by_this_process() {
    std::ifstream file{"/proc/self/io"};
    std::string name;
    std::int64_t bytes = 0;
    file >> name >> bytes;
    EXPECT_EQ(name, "rchar:");
    return bytes;
}

TEST_F(LoadFeatures, ARankDecodesItsShareOfACompressedFileAlone) {
    const auto big = (folder_ / "big.h5").string();
    if (world_.rank() == 0) {
        auto index = example_index();
        for (std::size_t clip = 0; clip < index.offsets.size(); ++clip) {
            index.offsets[clip] = 600 * static_cast<std::int64_t>(clip);
        }
        std::minstd_rand random;  // values that deflate cannot compress
        io::write_store(big, index,
                        [&](std::int64_t, std::span<float> out) {
                            std::ranges::generate(out, [&] { return static_cast<float>(random()) / 1e9F; });
                        },
                        {.is_compressed = true});
    }
    world_.barrier();
    const auto store = io::ClipStore::open({big});
    const auto file_bytes = static_cast<std::int64_t>(std::filesystem::file_size(big));
    ASSERT_GT(file_bytes, 5'000'000);
    const auto before = bytes_read_by_this_process();

    const auto resident = load_features(store, {}, world_, world_);

    constexpr std::int64_t chunks_at_the_ends = 2 << 20;
    EXPECT_LE(bytes_read_by_this_process() - before, file_bytes / world_.size() + chunks_at_the_ends);
    world_.barrier();
}

TEST_F(LoadFeatures, FingerprintsAreNotedWhileClipsAreReadOnAnySplitIntoNodes) {
    const auto store = io::ClipStore::open({file()});
    std::vector<std::int64_t> clips{38, 5, 0, 7, 22};
    const auto expected = io::prints_of(store, clips);
    for (const bool is_streamed : {false, true}) {
        for (const int ranks_of_a_node : {1, 2, 4}) {
            const auto node = world_.split(world_.rank() / ranks_of_a_node);
            PrintTable table{store};
            const auto loaded =
                load_features(store, {}, world_, node,
                              {.memory_limit = is_streamed ? 0 : std::numeric_limits<std::int64_t>::max(),
                               .prints = &table});
            if (is_streamed && world_.rank() == world_.size() - 1) {
                gather(loaded.features(), clips);
            }

            const auto prints =
                table.gathered(clips, world_, is_streamed || world_.rank() / ranks_of_a_node == 0);

            if (world_.rank() == 0) {
                ASSERT_EQ(prints.size(), clips.size());
                for (std::size_t i = 0; i < clips.size(); ++i) {
                    EXPECT_EQ(prints[i].frames, expected[i].frames) << clips[i];
                    EXPECT_EQ(prints[i].trajectories, expected[i].trajectories) << clips[i];
                }
            } else {
                EXPECT_TRUE(prints.empty());
            }
            world_.barrier();
        }
    }
}

TEST_F(LoadFeatures, FingerprintsOfStreamedClipsAreThoseReadByNow) {
    const auto store = io::ClipStore::open({file()});
    PrintTable table{store};
    const auto loaded = load_features(store, {}, world_, world_, {.memory_limit = 0, .prints = &table});
    const std::vector<std::int64_t> clips{3, 4};
    gather(loaded.features(), std::vector<std::int64_t>{3});

    const auto some = table.gathered(clips, world_, true);
    table.read(clips);
    const auto all = table.gathered(clips, world_, true);

    if (world_.rank() == 0) {
        EXPECT_GT(some[0].frames, 0U);
        EXPECT_EQ(some[1].frames, 0U);
        EXPECT_GT(all[1].frames, 0U);
    }
}

}  // namespace
}  // namespace sslslr
