#include <memory>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "src/evaluate/order_sensitivity.hpp"

namespace sslslr {
namespace {

/// Feature 0 does not depend on the order of frames, feature 1 on the place of every frame. The other
/// features are those of an encoder with dropout, scaled.
class OrderReader final : public Method {
public:
    OrderReader()
        : Method{{.features = 4, .frames = 64, .blocks = 1, .width = 8, .heads = 2, .dropout = 0.5}, {}} {}

    LossTerms loss(const Encoded&, const Batch&, dist::Group&) override { return {}; }
    bool couples_clips() const override { return false; }

    torch::Tensor represent(const PackedClips& clips) override {
        std::vector<torch::Tensor> rows{torch::zeros({0, 2})};
        for (std::int64_t clip = 0; clip < clips.clips(); ++clip) {
            const auto frames =
                clips.frames.narrow(0, clips.offsets[static_cast<std::size_t>(clip)], clips.length(clip));
            const auto place = torch::arange(clips.length(clip), frames.options()).unsqueeze(1);
            rows.push_back(torch::stack({frames.mean(), place_share * (place * frames).mean()}).unsqueeze(0));
        }
        return torch::cat({torch::cat(rows), encoder_share * Method::represent(clips)}, 1);
    }

    double place_share = 0;
    double encoder_share = 0;
};

class OrderSensitivityTest : public testing::Test {
protected:
    static constexpr std::int64_t count = 10;

    OrderSensitivityTest() : clips_(count) {
        std::iota(clips_.begin(), clips_.end(), std::int64_t{0});
        for (std::int64_t clip = 0; clip < count; ++clip) {
            features_.offsets.push_back(features_.offsets.back() + 12 + 3 * (clip % 4));
        }
        features_.labels.assign(count, 0);
        const auto generator = at::make_generator<at::CPUGeneratorImpl>(2);
        features_.frames = torch::randn({features_.offsets.back(), 4}, generator, torch::kFloat32);
        torch::manual_seed(4);
        method_ = std::make_shared<OrderReader>();
    }

    double measure(dist::Group& group, std::int64_t draws = 20) {
        return order_sensitivity(*method_, features_, clips_, group, draws);
    }

    dist::Group group_{dist::Communicator::world(), torch::kCPU};
    Features features_{
        .frames = {}, .offsets = {0}, .labels = {}, .signers = {}, .layout = {.points = {"a", "b"}}};
    std::vector<std::int64_t> clips_;
    std::shared_ptr<OrderReader> method_;
};

TEST_F(OrderSensitivityTest, IsNearZeroForAnEncoderThatIsBlindToOrderAndHighForOneThatReadsIt) {
    EXPECT_LT(measure(group_), 1e-10);
    method_->place_share = 1;
    // Expected for white noise: twice the variance of the places within both ends, summed, over the sum of
    // all squared places, about 0.03. The features of clips of several lengths vary more, which lowers the
    // value.
    EXPECT_GT(measure(group_), 1e-3);
}

TEST_F(OrderSensitivityTest, LeavesTheMiddleOfClipsWhereItIs) {
    // Only the first third and the last quarter are permuted. With equal frames in each, nothing changes.
    method_->place_share = 1;
    for (const auto clip : clips_) {
        const auto length = features_.length(clip);
        auto frames = features_.frames.narrow(0, features_.offsets[static_cast<std::size_t>(clip)], length);
        frames.slice(0, 0, (length + 1) / 3).fill_(static_cast<double>(clip));
        frames.slice(0, length - (length + 2) / 4).fill_(0.5);
    }

    EXPECT_LT(measure(group_), 1e-10);
}

TEST_F(OrderSensitivityTest, IsTheSameBitsOnAnyNumberOfRanks) {
    method_->place_share = 1;
    method_->encoder_share = 1;
    dist::Group alone{dist::Communicator::self(), torch::kCPU};

    EXPECT_EQ(measure(group_), measure(alone));
    EXPECT_EQ(measure(group_, 3), measure(alone, 3));
    EXPECT_NE(measure(group_, 3), measure(group_)) << "of other draws";
}

TEST_F(OrderSensitivityTest, IsFreeOfDropoutAndLeavesTheMode) {
    method_->encoder_share = 1;
    method_->train();

    EXPECT_EQ(measure(group_), measure(group_));
    EXPECT_TRUE(method_->is_training());
}

TEST_F(OrderSensitivityTest, IsZeroWhereClipsDoNotDiffer) {
    method_->place_share = 1;
    clips_ = {3};
    EXPECT_EQ(measure(group_), 0) << "one clip";
    clips_ = {};
    EXPECT_EQ(measure(group_), 0) << "no clip";
    clips_ = {0, 1, 2};
    features_.frames.fill_(0.7);
    method_->place_share = 0;
    EXPECT_EQ(measure(group_), 0) << "a point, but for rounding";
}

TEST_F(OrderSensitivityTest, ClipsTooShortToHaveAnOrderAtTheirEndsDoNotLowerIt) {
    method_->place_share = 1;
    std::int64_t first = 0;
    for (std::int64_t clip = 0; clip < count; ++clip) {  // every second clip has 4 frames
        const auto length = clip % 2 == 0 ? 4 : 12;
        features_.offsets[static_cast<std::size_t>(clip) + 1] = first += length;
    }
    features_.frames = features_.frames.slice(0, 0, first).clone();
    const auto all = measure(group_);
    clips_ = {0, 2, 4};
    EXPECT_EQ(measure(group_), 0);
    clips_ = {1, 3, 5, 7, 9};
    EXPECT_GT(all, measure(group_) / 2) << "the same movement, over the variance of all clips";
}

TEST_F(OrderSensitivityTest, RefusesWhatDoesNotFit) {
    EXPECT_THROW(measure(group_, 0), c10::ValueError);
    clips_ = {count};
    EXPECT_THROW(measure(group_), c10::ValueError);
}

}  // namespace
}  // namespace sslslr
