#include <functional>

#include <gtest/gtest.h>
#include <torch/types.h>

#include "dist/gradient_reducer.hpp"
#include "tests/dist/expect_tensors.hpp"
#include "tests/dist/reduced_bytes.hpp"
#include "tests/dist/small_model.hpp"

namespace sslslr::dist {
namespace {

constexpr ReductionOptions small_buckets{.bucket_bytes = small_bucket};
constexpr std::int64_t clips_of_micro_batch = 2;

/// How many micro-batches a rank has in a step, and whether backward_and_sum() gets the last of them or an
/// empty batch.
struct MicroBatches {
    const char* name;
    std::function<std::int64_t(int rank, int step)> of_rank;
    bool last_is_summed;
};

class AccumulationOfMicroBatches : public testing::TestWithParam<MicroBatches> {
protected:
    std::int64_t clips_of(int rank, int step) const {
        return clips_of_micro_batch * GetParam().of_rank(rank, step);
    }

    /// The clips of every rank in a step, each [its clips, width].
    std::vector<at::Tensor> clips_of_ranks(int step) const {
        torch::manual_seed(100 + static_cast<std::uint64_t>(step));
        std::vector<at::Tensor> clips;
        for (int rank = 0; rank < group_.size(); ++rank) {
            clips.push_back(torch::randn({clips_of(rank, step), SmallModel::width}, at::kDouble));
        }
        return clips;
    }

    /// Takes one step over this rank's clips, micro-batch by micro-batch. Collective.
    void take_step(const at::Tensor& clips) {
        auto micro_batches =
            clips.size(0) == 0 ? std::vector<at::Tensor>{} : clips.split(clips_of_micro_batch);
        auto summed = clips.narrow(0, 0, 0);
        if (GetParam().last_is_summed && !micro_batches.empty()) {
            summed = micro_batches.back();
            micro_batches.pop_back();
        }
        for (const auto& micro_batch : micro_batches) {
            reducer_.accumulate(model_.summed_loss(micro_batch, layers));
        }
        reducer_.backward_and_sum(model_.summed_loss(summed, layers));
    }

    Group group_{Communicator::world(), at::kCPU};
    SmallModel model_{layers, at::kDouble};
    GradientReducer reducer_{model_.parameters(), group_, small_buckets};
};

TEST_P(AccumulationOfMicroBatches, GivesTheGradientsOfOneBackward) {
    Group alone{Communicator::self(), at::kCPU};
    const SmallModel reference{layers, at::kDouble};
    GradientReducer one_rank{reference.parameters(), alone, small_buckets};

    for (int step = 0; step < 5; ++step) {
        const auto clips = clips_of_ranks(step);
        one_rank.backward_and_sum(reference.summed_loss(torch::cat(clips), layers));
        take_step(clips[static_cast<std::size_t>(group_.rank())]);

        expect_close(model_.gradients(), reference.gradients(), 1e-14);
        expect_alike_on_ranks(model_.gradients(), group_);
        // Makes the parameters equal, so that only the rounding of one step counts.
        reference.descend(1e-3);
        const torch::NoGradGuard no_grad;
        for (std::size_t index = 0; index < model_.parameters().size(); ++index) {
            model_.parameters()[index].data().copy_(reference.parameters()[index]);
        }
    }
}

TEST_P(AccumulationOfMicroBatches, RepeatsBitForBit) {
    const auto clips = clips_of_ranks(1)[static_cast<std::size_t>(group_.rank())];
    take_step(clips);  // lays out the buckets
    take_step(clips);
    const auto first = model_.gradients();

    for (int step = 0; step < 4; ++step) {
        take_step(clips);

        for (std::size_t index = 0; index < first.size(); ++index) {
            EXPECT_TRUE(torch::equal(model_.parameters()[index].grad(), first[index])) << index;
        }
    }
}

std::int64_t changing(int rank, int step) {
    return (rank + step + 1) % 4 + (rank == 0 ? 1 : 0);
}

INSTANTIATE_TEST_SUITE_P(MicroBatches, AccumulationOfMicroBatches,
                         testing::Values(MicroBatches{"Even", [](int, int) { return 3; }, true},
                                         MicroBatches{"Uneven", [](int rank, int) { return rank + 1; }, true},
                                         MicroBatches{"NoneBeyondRank0",
                                                      [](int rank, int) { return rank == 0 ? 3 : 0; }, true},
                                         MicroBatches{"Changing", changing, true},
                                         MicroBatches{"AllAccumulated", changing, false}),
                         [](const auto& batches) { return batches.param.name; });

TEST(GradientAccumulation, DoesNotCommunicate) {
    Group group{Communicator::world(), at::kCPU};
    const SmallModel model{layers, at::kDouble};
    GradientReducer reducer{model.parameters(), group, small_buckets};
    const auto clips = torch::randn({3, SmallModel::width}, at::kDouble);
    reducer.backward_and_sum(model.summed_loss(clips, layers));  // lays out the buckets

    const auto start = reduced_bytes();
    reducer.accumulate(model.summed_loss(clips, layers));
    const auto after_accumulate = reduced_bytes();
    reducer.backward_and_sum(model.summed_loss(clips, layers));

    EXPECT_EQ(after_accumulate, start);
    EXPECT_EQ(reduced_bytes(), start + 8 * layers * SmallModel::width * (SmallModel::width + 1));
}

TEST(GradientAccumulation, RootsMayBeTensorsWithAGivenGradient) {
    Group group{Communicator::world(), at::kCPU};
    const SmallModel model{layers, at::kDouble};
    const SmallModel reference{layers, at::kDouble};
    GradientReducer reducer{model.parameters(), group, small_buckets};
    GradientReducer of_loss{reference.parameters(), group, small_buckets};
    const auto first = torch::randn({2, SmallModel::width}, at::kDouble);
    const auto second = torch::randn({3, SmallModel::width}, at::kDouble);

    for (int step = 0; step < 3; ++step) {
        const auto first_features = model.features(first, layers);
        const auto second_features = model.features(second, layers);
        reducer.accumulate(first_features, 2 * first_features.detach());
        reducer.backward_and_sum(second_features, 2 * second_features.detach());
        of_loss.accumulate(reference.summed_loss(first, layers));
        of_loss.backward_and_sum(reference.summed_loss(second, layers));

        expect_close(model.gradients(), reference.gradients(), 1e-14);
        expect_alike_on_ranks(model.gradients(), group);
    }
}

TEST(GradientAccumulation, RootsWithoutAGraphAddNothing) {
    Group group{Communicator::world(), at::kCPU};
    const SmallModel model{layers, at::kDouble};
    GradientReducer reducer{model.parameters(), group, small_buckets};
    const auto clips = torch::randn({3, SmallModel::width}, at::kDouble);

    for (int step = 0; step < 3; ++step) {
        reducer.backward_and_sum(model.summed_loss(clips, layers));
        const auto expected = model.gradients();
        reducer.accumulate(torch::zeros({}, at::kDouble));
        reducer.accumulate(model.summed_loss(clips, layers));
        reducer.accumulate(torch::zeros({}, at::kDouble));
        reducer.backward_and_sum(torch::zeros({}, at::kDouble));

        expect_close(model.gradients(), expected, 1e-14);
    }
}

TEST(GradientAccumulation, RefusesGradientsThatDoNotFitAndGoesOn) {
    Group group{Communicator::world(), at::kCPU};
    const SmallModel model{layers, at::kDouble};
    GradientReducer reducer{model.parameters(), group, small_buckets};
    const auto clips = torch::ones({1, SmallModel::width}, at::kDouble);
    const auto pair = torch::ones({2, SmallModel::width}, at::kDouble);
    reducer.backward_and_sum(model.summed_loss(clips, layers));
    const auto expected = model.gradients();

    EXPECT_THROW(reducer.accumulate(model.features(pair, layers)), c10::ValueError);
    EXPECT_THROW(reducer.accumulate(model.features(pair, layers), clips), c10::ValueError);
    EXPECT_THROW(reducer.backward_and_sum(model.features(pair, layers)), c10::ValueError);
    EXPECT_THROW(reducer.backward_and_sum(model.features(pair, layers), clips), c10::ValueError);
    reducer.backward_and_sum(model.summed_loss(clips, layers));

    expect_close(model.gradients(), expected, 1e-14);
}

}  // namespace
}  // namespace sslslr::dist
