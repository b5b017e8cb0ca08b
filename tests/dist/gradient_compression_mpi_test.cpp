#include <gtest/gtest.h>
#include <torch/types.h>

#include "dist/gradient_reducer.hpp"
#include "tests/dist/expect_tensors.hpp"
#include "tests/dist/reduced_bytes.hpp"
#include "tests/dist/small_model.hpp"

namespace sslslr::dist {
namespace {

/// The clips of a rank in a step, [3 + rank, width], the same wherever they are drawn.
at::Tensor clips_of(int rank, int step, at::ScalarType type) {
    torch::manual_seed(static_cast<std::uint64_t>(100 * step + rank));
    return torch::randn({3 + rank, SmallModel::width}, type);
}

/// A rank's gradients of one step before the reduction.
std::vector<at::Tensor> gradients_of(int rank, int step, at::ScalarType type) {
    const SmallModel model{layers, type};
    model.summed_loss(clips_of(rank, step, type), layers).backward();
    return model.gradients();
}

class CompressionInBucketsOf : public testing::TestWithParam<std::tuple<std::int64_t, at::ScalarType>> {};

// Source of the bound: the unit roundoff of bfloat16 is 2^-8 (8 significant bits). A sum over N ranks is
// rounded N times, and each partial sum is at most the sum of magnitudes (Higham, Accuracy and Stability of
// Numerical Algorithms, 2nd ed., section 4.2). The factor 1.01 covers the second order.
TEST_P(CompressionInBucketsOf, RoundsNoMoreThanOnceARank) {
    const auto [bucket_bytes, type] = GetParam();
    Group group{Communicator::world(), at::kCPU};
    const SmallModel model{layers, type};
    GradientReducer reducer{model.parameters(), group, {.bucket_bytes = bucket_bytes, .compress = true}};

    for (int step = 0; step < 4; ++step) {
        reducer.backward_and_sum(model.summed_loss(clips_of(group.rank(), step, type), layers));

        for (std::size_t index = 0; index < model.parameters().size(); ++index) {
            const auto& gradient = model.parameters()[index].grad();
            auto exact = torch::zeros_like(gradient, at::kDouble);
            auto magnitude = torch::zeros_like(gradient, at::kDouble);
            for (int rank = 0; rank < group.size(); ++rank) {
                const auto own = gradients_of(rank, step, type)[index].to(at::kDouble);
                exact += own;
                magnitude += own.abs();
            }
            const auto error = (gradient.to(at::kDouble) - exact).abs();
            EXPECT_TRUE((error <= group.size() * 1.01 / 256 * magnitude).all().item<bool>()) << index;
            EXPECT_GT(error.max().item<double>(), 0) << "not compressed: " << index;
        }
        expect_alike_on_ranks(model.gradients(), group);
    }
}

INSTANTIATE_TEST_SUITE_P(Sizes, CompressionInBucketsOf,
                         testing::Combine(testing::Values(1, small_bucket, 25 << 20),
                                          testing::Values(at::kFloat, at::kDouble)),
                         [](const auto& sizes) {
                             return std::to_string(std::get<0>(sizes.param)) + "BytesOf" +
                                    c10::toString(std::get<1>(sizes.param));
                         });

/// Bytes that this rank reduces in one step. Collective.
std::int64_t bytes_of_step(bool compress) {
    Group group{Communicator::world(), at::kCPU};
    const SmallModel model{layers, at::kFloat};
    GradientReducer reducer{model.parameters(), group, {.compress = compress}};
    const auto before = reduced_bytes();
    reducer.backward_and_sum(model.summed_loss(clips_of(group.rank(), 0, at::kFloat), layers));
    return reduced_bytes() - before;
}

TEST(GradientCompression, HalvesTheBytesOfFloat32) {
    const std::int64_t elements = layers * SmallModel::width * (SmallModel::width + 1);

    EXPECT_EQ(bytes_of_step(/*compress=*/false), 4 * elements);
    EXPECT_EQ(bytes_of_step(/*compress=*/true), 2 * elements);
}

TEST(GradientCompression, RoundsWhatWasAccumulatedOnce) {
    Group alone{Communicator::self(), at::kCPU};
    const SmallModel model{layers, at::kFloat};
    const SmallModel reference{layers, at::kFloat};
    GradientReducer reducer{model.parameters(), alone, {.compress = true}};
    GradientReducer exact{reference.parameters(), alone};
    const auto clips = clips_of(0, 0, at::kFloat);

    exact.accumulate(reference.summed_loss(clips, layers));
    exact.backward_and_sum(reference.summed_loss(clips, layers - 1));
    reducer.accumulate(model.summed_loss(clips, layers));
    reducer.backward_and_sum(model.summed_loss(clips, layers - 1));

    for (std::size_t index = 0; index < model.parameters().size(); ++index) {
        const auto rounded = reference.parameters()[index].grad().to(at::kBFloat16).to(at::kFloat);
        EXPECT_TRUE(torch::equal(model.parameters()[index].grad(), rounded)) << index;
    }
}

class BucketsOf : public testing::TestWithParam<std::int64_t> {};

TEST_P(BucketsOf, OfAnySizeGiveTheSameGradients) {
    Group group{Communicator::world(), at::kCPU};
    const SmallModel model{layers, at::kDouble};
    GradientReducer reducer{model.parameters(), group, {.bucket_bytes = GetParam()}};

    for (int step = 0; step < 3; ++step) {
        std::vector<at::Tensor> expected = gradients_of(0, step, at::kDouble);
        for (int rank = 1; rank < group.size(); ++rank) {
            const auto more = gradients_of(rank, step, at::kDouble);
            for (std::size_t index = 0; index < more.size(); ++index) {
                expected[index] += more[index];
            }
        }
        reducer.backward_and_sum(model.summed_loss(clips_of(group.rank(), step, at::kDouble), layers));

        expect_close(model.gradients(), expected, 1e-14);
        expect_alike_on_ranks(model.gradients(), group);
    }
}

INSTANTIATE_TEST_SUITE_P(Bytes, BucketsOf, testing::Values(1, 1000, small_bucket, 20000, 25 << 20),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace sslslr::dist
