#include <chrono>
#include <functional>
#include <numeric>
#include <thread>

#include <gtest/gtest.h>
#include <torch/types.h>

#include "dist/gradient_reducer.hpp"
#include "tests/dist/expect_tensors.hpp"
#include "tests/dist/small_model.hpp"

namespace sslslr::dist {
namespace {

/// Expects gradients within 1e-12 of the largest value, and the same bits on all ranks. Collective.
void expect_same(const std::vector<at::Tensor>& actual, const std::vector<at::Tensor>& expected,
                 Group& group) {
    expect_close(actual, expected, 1e-12);
    expect_alike_on_ranks(actual, group);
}

/// How many clips each rank takes and how many layers it uses.
struct Share {
    const char* name;
    std::function<std::vector<std::int64_t>(int ranks)> clips_by_rank;
    std::function<std::size_t(int rank)> used_layers;
};

std::vector<std::int64_t> increasing(int ranks) {
    std::vector<std::int64_t> clips(static_cast<std::size_t>(ranks));
    std::iota(clips.begin(), clips.end(), 1);
    return clips;
}

std::vector<std::int64_t> all_on_rank_0(int ranks) {
    std::vector<std::int64_t> clips(static_cast<std::size_t>(ranks), 0);
    clips[0] = 5;
    return clips;
}

std::size_t all_layers(int) {
    return layers;
}
std::size_t fewer_on_higher_ranks(int rank) {
    return static_cast<std::size_t>(layers - 1 - rank);
}

std::size_t none_beyond_rank_0(int rank) {
    return rank == 0 ? layers : 0;
}

class GradientReducerOnShares : public testing::TestWithParam<Share> {};

TEST_P(GradientReducerOnShares, GradientsOfManyStepsAreThoseOfOneRank) {
    Group group{Communicator::world(), at::kCPU};
    Group alone{Communicator::self(), at::kCPU};
    const SmallModel model{layers, at::kDouble};
    const SmallModel reference{layers, at::kDouble};
    GradientReducer reducer{model.parameters(), group, {.bucket_bytes = small_bucket}};
    GradientReducer one_rank{reference.parameters(), alone, {.bucket_bytes = small_bucket}};
    const auto counts = GetParam().clips_by_rank(group.size());
    const auto total = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});

    for (int step = 0; step < 4; ++step) {
        const auto clips = torch::randn({total, SmallModel::width}, at::kDouble);
        const auto parts = clips.split_with_sizes(counts);
        auto whole = torch::zeros({}, at::kDouble);
        for (int rank = 0; rank < group.size(); ++rank) {
            whole = whole + reference.summed_loss(parts[static_cast<std::size_t>(rank)],
                                                  GetParam().used_layers(rank));
        }

        one_rank.backward_and_sum(whole / total);
        reducer.backward_and_sum(model.summed_loss(parts[static_cast<std::size_t>(group.rank())],
                                                   GetParam().used_layers(group.rank())) /
                                 total);

        expect_same(model.gradients(), reference.gradients(), group);
        model.descend(0.1);
        reference.descend(0.1);
    }
}

INSTANTIATE_TEST_SUITE_P(Shares, GradientReducerOnShares,
                         testing::Values(Share{"Uneven", increasing, all_layers},
                                         Share{"EmptyBeyondRank0", all_on_rank_0, all_layers},
                                         Share{"LayersUnreached", increasing, fewer_on_higher_ranks},
                                         Share{"EmptyAndUnreached", all_on_rank_0, fewer_on_higher_ranks},
                                         Share{"NoGraphBeyondRank0", all_on_rank_0, none_beyond_rank_0}),
                         [](const auto& share) { return share.param.name; });

TEST(GradientReducer, OneRankGetsExactlyItsOwnGradient) {
    Group alone{Communicator::self(), at::kCPU};
    const SmallModel model{layers, at::kFloat};
    const SmallModel plain{layers, at::kFloat};
    GradientReducer reducer{model.parameters(), alone, {.bucket_bytes = small_bucket}};
    const auto clips = torch::randn({3, SmallModel::width});

    for (int step = 0; step < 3; ++step) {
        reducer.backward_and_sum(model.summed_loss(clips, layers));
    }
    plain.summed_loss(clips, layers).backward();

    for (std::size_t index = 0; index < plain.parameters().size(); ++index) {
        EXPECT_TRUE(torch::equal(model.parameters()[index].grad(), plain.parameters()[index].grad()))
            << index;
    }
}

TEST(GradientReducer, TheLastLayerIsReducedWhileBackwardIsAtTheFirst) {
    Group group{Communicator::world(), at::kCPU};
    const SmallModel model{layers, at::kDouble};
    GradientReducer reducer{model.parameters(), group, {.bucket_bytes = small_bucket}};
    auto clips = torch::randn({3, SmallModel::width}, at::kDouble).requires_grad_();
    reducer.backward_and_sum(model.summed_loss(clips, layers));
    const auto& bias = model.parameters().back();
    const auto expected = bias.grad().clone();
    bool was_reduced = false;

    clips.register_hook([&](const at::Tensor&) {  // runs when backward reaches the input
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (!was_reduced && std::chrono::steady_clock::now() < deadline) {
            was_reduced = torch::allclose(bias.grad(), expected);
            std::this_thread::yield();
        }
    });
    reducer.backward_and_sum(model.summed_loss(clips, layers));

    EXPECT_TRUE(was_reduced);
}

TEST(GradientReducer, GradientsThatTheCallerDropsOrChangesDoNotMatter) {
    Group group{Communicator::world(), at::kCPU};
    const SmallModel model{layers, at::kDouble};
    GradientReducer reducer{model.parameters(), group, {.bucket_bytes = small_bucket}};
    const auto clips = torch::randn({3, SmallModel::width}, at::kDouble);

    reducer.backward_and_sum(model.summed_loss(clips, layers));
    const auto first = model.gradients();
    model.parameters()[0].mutable_grad().reset();
    model.parameters()[1].mutable_grad().fill_(7);
    reducer.backward_and_sum(model.summed_loss(clips, layers));

    expect_same(model.gradients(), first, group);
}

TEST(GradientReducer, ParametersOfRank0AreGivenToAll) {
    Group group{Communicator::world(), at::kCPU};
    const SmallModel model{layers, at::kFloat, static_cast<std::uint64_t>(group.rank())};
    const SmallModel of_rank_0{layers, at::kFloat, 0};

    const GradientReducer reducer{model.parameters(), group};

    for (std::size_t index = 0; index < model.parameters().size(); ++index) {
        EXPECT_TRUE(torch::equal(model.parameters()[index], of_rank_0.parameters()[index])) << index;
    }
}

/// The error on every rank if the last rank's model has `parameters` instead of those of SmallModel{1}.
std::string refusal(std::vector<at::Tensor> parameters) {
    Group group{Communicator::world(), at::kCPU};
    const SmallModel model{1, at::kFloat};
    const bool is_last = group.size() > 1 && group.rank() == group.size() - 1;
    try {
        const GradientReducer reducer{is_last ? std::move(parameters) : model.parameters(), group};
    } catch (const c10::ValueError& error) {
        return error.what_without_backtrace();
    }
    return "accepted";
}

std::string expected_refusal(const std::string& difference) {
    const int ranks = Communicator::world().size();
    return ranks == 1 ? "accepted"
                      : difference + " on rank " + std::to_string(ranks - 1) +
                            ": all ranks must build the same model";
}

TEST(GradientReducer, EveryRankNamesTheFirstParameterThatDiffers) {
    const auto weight = torch::zeros({24, 24}, torch::requires_grad());
    const auto bias = torch::zeros({24}, torch::requires_grad());
    const auto double_bias = torch::zeros({24}, torch::dtype(at::kDouble).requires_grad(true));

    EXPECT_EQ(refusal({bias, bias}),
              expected_refusal("parameter 0 is Float [24, 24] on rank 0, but Float [24]"));
    EXPECT_EQ(refusal({weight, double_bias}),
              expected_refusal("parameter 1 is Float [24] on rank 0, but Double [24]"));
    EXPECT_EQ(refusal({weight}), expected_refusal("parameter 1 is Float [24] on rank 0, but none"));
    EXPECT_EQ(refusal({weight, bias, bias}),
              expected_refusal("parameter 2 is none on rank 0, but Float [24]"));
}

TEST(GradientReducer, WithoutParametersIsRefused) {
    Group group{Communicator::world(), at::kCPU};

    EXPECT_THROW(GradientReducer({}, group), c10::ValueError);
}

}  // namespace
}  // namespace sslslr::dist
