// Clips are recognised by what they show, whatever store holds them, and never mistaken for others.
#include "io/store/clip_print.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <thread>

#include <gtest/gtest.h>

#include "io/store/half.hpp"
#include "io/store/training_clips.hpp"
#include "tests/io/store_files.hpp"

namespace sslslr::io::test {
namespace {

constexpr float not_detected = std::numeric_limits<float>::quiet_NaN();
const std::string shipped_folder = SSLSLR_SOURCE_DIR "/io/examples/";

std::vector<std::string> printed_names() {
    return {printed_points.begin(), printed_points.end()};
}

/// A clip of all printed points, [frames, 17, C], that moves all the time, differently for each seed.
std::vector<float> moving_clip(std::size_t frames, int seed, std::size_t coordinates = 2) {
    std::vector<float> values(frames * printed_points.size() * coordinates);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto place = i / coordinates;
        values[i] = i % coordinates == 2 ? 0.25F
                                         : 0.5F + 0.4F * std::sin(static_cast<float>(seed) +
                                                                  static_cast<float>(place * place % 1009) +
                                                                  static_cast<float>(i % coordinates));
    }
    return values;
}

ClipPrint print_of(std::span<const float> landmarks, std::int64_t coordinates = 2) {
    return ClipPrinter{printed_names(), coordinates}(landmarks);
}

ClipStore open_example(const std::string& name) {
    return ClipStore::open({shipped_folder + name});
}

std::vector<ClipPrint> all_prints_of(const ClipStore& store) {
    std::vector<std::int64_t> clips(static_cast<std::size_t>(store.index().clips()));
    std::iota(clips.begin(), clips.end(), std::int64_t{0});
    return prints_of(store, clips);
}

/// The prints of one signer's clips.
std::vector<ClipPrint> prints_of_signer(const ClipStore& store, std::int64_t signer) {
    std::vector<std::int64_t> clips;
    for (std::int64_t clip = 0; clip < store.index().clips(); ++clip) {
        if (store.index().signers[static_cast<std::size_t>(clip)] == signer) {
            clips.push_back(clip);
        }
    }
    return prints_of(store, clips);
}

std::int64_t recognised(const std::vector<ClipPrint>& among, const std::vector<ClipPrint>& clips) {
    const PrintIndex index{among};
    return std::ranges::count_if(clips, [&](const auto& print) { return index.find(print) >= 0; });
}

TEST(ClipPrint, AClipIsItselfAsFloat16AndWithAThirdCoordinate) {
    const auto clip = moving_clip(20, 1);
    auto rounded = clip;
    for (auto& value : rounded) {
        const auto half = half_of_float(value);
        floats_of_halves(std::as_bytes(std::span{&half, 1}), {&value, 1});
    }

    EXPECT_NE(clip, rounded);
    EXPECT_TRUE(show_the_same(print_of(clip), print_of(rounded)));
    EXPECT_TRUE(show_the_same(print_of(clip), print_of(moving_clip(20, 1, 3), 3)));
    EXPECT_FALSE(show_the_same(print_of(clip), print_of(moving_clip(20, 2))));
    EXPECT_FALSE(show_the_same(print_of(clip), print_of(moving_clip(19, 1)))) << "another length";
}

TEST(ClipPrint, FewerAndReorderedPointsAreStillTheClip) {
    const auto clip = moving_clip(20, 1);
    const auto whole = print_of(clip);
    for (const std::size_t kept : {3U, 8U, 16U}) {
        auto names = printed_names();
        std::vector<float> fewer;
        for (std::size_t frame = 0; frame < 20; ++frame) {
            for (std::size_t point = kept; point-- > 0;) {
                const auto at = (frame * names.size() + point) * 2;
                fewer.insert(fewer.end(), {clip[at], clip[at + 1]});
            }
        }
        names.resize(kept);
        std::ranges::reverse(names);

        EXPECT_TRUE(show_the_same(whole, ClipPrinter(names, 2)(fewer))) << kept;
    }
}

TEST(ClipPrint, ClipsThatSayNothingAreLikeNoOther) {
    const std::vector<float> missing(20 * printed_points.size() * 2, not_detected);
    const std::vector<float> still(20 * printed_points.size() * 2, 0.5F);
    auto seldom = missing;  // detected in three frames only
    std::ranges::copy_n(moving_clip(20, 1).begin(), 3 * printed_points.size() * 2, seldom.begin());

    for (const auto& clip : {missing, still, seldom}) {
        EXPECT_FALSE(print_of(clip).is_recognisable());
        EXPECT_FALSE(show_the_same(print_of(clip), print_of(clip)));
    }
    EXPECT_FALSE(print_of(missing).is_detected);
    EXPECT_TRUE(print_of(still).is_detected);
    EXPECT_FALSE(print_of({}).is_detected);
}

TEST(ClipPrint, StillHandsCountForNothing) {
    const auto with_still_hands = [](int seed) {
        auto clip = moving_clip(20, seed);
        for (std::size_t frame = 0; frame < 20; ++frame) {
            for (std::size_t value = 14; value < 34; ++value) {
                clip[frame * 34 + value] = 0.5F;
            }
        }
        return clip;
    };

    EXPECT_TRUE(show_the_same(print_of(with_still_hands(1)), print_of(with_still_hands(1))));
    EXPECT_FALSE(show_the_same(print_of(with_still_hands(1)), print_of(with_still_hands(2))));
}

TEST(ClipPrint, AClipOfOneFrameIsRecognisedByItsPlaces) {
    const auto defaults = std::vector<float>(printed_points.size() * 2, 0);

    EXPECT_TRUE(show_the_same(print_of(moving_clip(1, 1)), print_of(moving_clip(1, 1))));
    EXPECT_FALSE(show_the_same(print_of(moving_clip(1, 1)), print_of(moving_clip(1, 2))));
    EXPECT_FALSE(show_the_same(print_of(defaults), print_of(defaults)));
}

TEST(ClipPrint, EveryClipOfTheExamplesIsFoundAndNoneForAnother) {
    const auto asl = open_example("asl9.h5");
    const auto prints = all_prints_of(asl);
    const auto libras = all_prints_of(open_example("libras5.h5"));

    for (const auto* const of_store : {&prints, &libras}) {
        const PrintIndex index{*of_store};
        for (std::size_t clip = 0; clip < of_store->size(); ++clip) {
            ASSERT_EQ(index.find((*of_store)[clip]), static_cast<std::int64_t>(clip));
        }
        for (std::size_t a = 0; a < of_store->size(); ++a) {
            for (std::size_t b = 0; b < a; ++b) {
                ASSERT_FALSE(show_the_same((*of_store)[a], (*of_store)[b])) << a << " and " << b;
            }
        }
    }
    EXPECT_EQ(recognised(prints, libras), 0);
    EXPECT_EQ(recognised(libras, prints), 0);
    EXPECT_EQ(recognised(prints_of_signer(asl, 0), prints_of_signer(asl, 2)), 0);
}

TEST(ClipPrint, RepeatedClipsAreCountedAndTheFirstIsNamed) {
    const PrintIndex index{{print_of(moving_clip(20, 1)), print_of(moving_clip(20, 2))}};
    const std::vector<ClipPrint> clips{print_of(moving_clip(20, 3)), print_of(moving_clip(20, 2)),
                                       print_of(moving_clip(20, 1))};

    const auto repeated = repeated_in(index, clips);

    EXPECT_EQ(repeated.count, 2);
    EXPECT_EQ(repeated.first, 1U);
    EXPECT_EQ(repeated.original, 1U);
    EXPECT_EQ(repeated_in(index, std::span{clips}.first(1)).count, 0);
}

TEST(ClipPrint, OnePrinterServesSeveralThreads) {
    const ClipPrinter printer{printed_names(), 2};
    std::vector<std::int64_t> wrong(4);
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 4; ++thread) {
            threads.emplace_back([&, thread] {
                for (int i = 0; i < 100; ++i) {
                    const auto clip = moving_clip(static_cast<std::size_t>(20 + i), thread);
                    const bool is_right = printer(clip).trajectories == print_of(clip).trajectories;
                    wrong[static_cast<std::size_t>(thread)] += is_right ? 0 : 1;
                }
            });
        }
    }
    EXPECT_EQ(wrong, std::vector<std::int64_t>(4));
}

TEST(ClipPrint, ManyEqualClipsAreFoundAtOnce) {
    const std::vector<ClipPrint> prints(20'000, print_of(moving_clip(20, 1)));

    EXPECT_EQ(recognised(prints, prints), 20'000);
}

class TrainingClipsFile : public testing::Test {
protected:
    std::filesystem::path path() const { return folder_ / training_clips_file; }

    TemporaryFolder folder_;
    TrainingClips clips_{.data = "0123456789abcdef",
                         .numbers = {7, 3},
                         .prints = {print_of(moving_clip(20, 1)), print_of(moving_clip(1, 2))}};
};

TEST_F(TrainingClipsFile, IsReadAsWritten) {
    write_training_clips(path(), clips_);

    const auto read = read_training_clips(path());

    EXPECT_EQ(read.data, clips_.data);
    EXPECT_EQ(read.numbers, clips_.numbers);
    ASSERT_EQ(read.prints.size(), 2U);
    for (std::size_t clip = 0; clip < 2; ++clip) {
        EXPECT_TRUE(show_the_same(read.prints[clip], clips_.prints[clip]));
    }
}

TEST_F(TrainingClipsFile, TakesFewBytesOfAClip) {
    clips_.numbers.assign(20'000, 0);
    clips_.prints.assign(20'000, clips_.prints.front());

    write_training_clips(path(), clips_);

    EXPECT_LT(std::filesystem::file_size(path()), 1'600'000U);
}

TEST_F(TrainingClipsFile, IsRefusedIfAnyByteIsDamagedOrItIsAnother) {
    write_training_clips(path(), clips_);
    const auto bytes = std::filesystem::file_size(path());
    for (std::uint64_t byte = 0; byte < bytes; byte += 97) {
        flip_bit(path(), byte, 3);
        EXPECT_NE(error_of([&] { read_training_clips(path()); }), "no DataError") << byte;
        flip_bit(path(), byte, 3);
    }
    write_sample(folder_ / "store.h5");
    EXPECT_NE(error_of([&] { read_training_clips(folder_ / "store.h5"); }).find("attribute schema"),
              std::string::npos);
    EXPECT_NE(error_of([&] { read_training_clips(folder_ / "none.h5"); }), "no DataError");
}

}  // namespace
}  // namespace sslslr::io::test
