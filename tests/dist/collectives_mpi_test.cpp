#include <functional>
#include <numeric>

#include <gtest/gtest.h>
#include <torch/autograd.h>

#include "dist/collectives.hpp"
#include "dist/gradient_reducer.hpp"
#include "tests/dist/expect_tensors.hpp"
#include "tests/dist/reduced_bytes.hpp"
#include "tests/dist/small_model.hpp"

namespace sslslr::dist {
namespace {

// Shapes: B rows over all ranks, b on this rank, W = SmallModel::width.

/// How many of the B rows each rank holds.
struct Shares {
    const char* name;
    std::function<std::int64_t(int rank, int ranks)> rows_of_rank;
};

class GatherRowsOfShares : public testing::TestWithParam<Shares> {
protected:
    GatherRowsOfShares() {
        for (int rank = 0; rank < group_.size(); ++rank) {
            counts_.push_back(GetParam().rows_of_rank(rank, group_.size()));
        }
        const auto end_of_lower = counts_.begin() + group_.rank();
        first_ = std::accumulate(counts_.begin(), end_of_lower, std::int64_t{0});
        total_ = std::accumulate(end_of_lower, counts_.end(), first_);
        torch::manual_seed(3);
    }

    at::Tensor own(const at::Tensor& whole) const {
        return whole.narrow(0, first_, counts_[static_cast<std::size_t>(group_.rank())]);
    }
    at::Tensor gather(const at::Tensor& rows) { return gather_rows(rows, first_, total_, group_); }

    Group group_{Communicator::world(), at::kCPU};
    std::vector<std::int64_t> counts_;
    std::int64_t first_ = 0;
    std::int64_t total_ = 0;
};

TEST_P(GatherRowsOfShares, GivesTheWholeAndItsGradientOfAllRanksLosses) {
    const auto whole = torch::randn({total_, 3, 2}, at::kDouble).requires_grad_();
    const auto weights = torch::randn({group_.size(), 3, 2}, at::kDouble);
    const auto loss_of = [&](int rank, const at::Tensor& all) {
        return (all.sin() * weights[rank] * (rank + 1)).sum() +
               all.transpose(0, 1).sum();  // an expanded gradient
    };
    const auto rows = own(whole).detach().requires_grad_();

    const auto gathered = gather(rows);
    loss_of(group_.rank(), gathered).backward();
    for (int rank = 0; rank < group_.size(); ++rank) {
        loss_of(rank, whole).backward();
    }

    EXPECT_TRUE(torch::equal(gathered, whole));
    EXPECT_TRUE(torch::allclose(rows.grad(), own(whole.grad()), 1e-12, 1e-12));
}

TEST_P(GatherRowsOfShares, WorksForIntegersAndWithoutGradients) {
    const auto labels = torch::arange(total_) * 1'000'000'007;
    const auto whole = torch::randn({total_, 2});
    const auto rows = own(whole).clone().requires_grad_();

    const auto gathered_labels = gather(own(labels));
    const torch::NoGradGuard no_grad;
    const auto gathered = gather(rows);

    EXPECT_TRUE(torch::equal(gathered_labels, labels));
    EXPECT_TRUE(torch::equal(gathered, whole));
    EXPECT_FALSE(gathered.requires_grad());
}

TEST_P(GatherRowsOfShares, InsideAReducedGraphGivesTheGradientsOfOneRank) {
    Group alone{Communicator::self(), at::kCPU};
    const SmallModel model{layers, at::kDouble};
    const SmallModel reference{layers, at::kDouble};
    GradientReducer reducer{model.parameters(), group_, {.bucket_bytes = small_bucket}};
    GradientReducer one_rank{reference.parameters(), alone, {.bucket_bytes = small_bucket}};
    // Centres the features over all clips halfway through the network, so that buckets are in flight when
    // backward reaches that sum, and compares every clip with all others.
    const auto loss = [this](const SmallModel& net, const at::Tensor& clips, const auto& sum,
                             const auto& all) {
        const auto hidden = net.features(clips, layers / 2);               // [b, W]
        const auto centred = hidden - sum(hidden.sum(0)) / total_;         // [b, W]
        const auto z = net.features(centred, layers) / SmallModel::width;  // [b, W]
        return z.matmul(all(z).t()).logsumexp(1).sum() / total_;
    };
    const auto same = [](const at::Tensor& x) { return x; };

    for (int step = 0; step < 4; ++step) {
        const auto clips = torch::randn({total_, SmallModel::width}, at::kDouble);
        one_rank.backward_and_sum(loss(reference, clips, same, same));
        reducer.backward_and_sum(loss(
            model, own(clips), [this](const at::Tensor& x) { return sum_over_ranks(x, group_); },
            [this](const at::Tensor& x) { return gather(x); }));

        expect_close(model.gradients(), reference.gradients(), 1e-12);
        expect_alike_on_ranks(model.gradients(), group_);
        model.descend(0.1);
        reference.descend(0.1);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Shares, GatherRowsOfShares,
    testing::Values(Shares{"Uneven", [](int rank, int) { return rank + 1; }},
                    Shares{"AllOnRank0", [](int rank, int) { return rank == 0 ? 5 : 0; }},
                    Shares{"AllOnTheLast", [](int rank, int ranks) { return rank == ranks - 1 ? 5 : 0; }},
                    Shares{"EveryOtherEmpty", [](int rank, int) { return rank % 2 == 0 ? 3 : 0; }}),
    [](const auto& shares) { return shares.param.name; });

TEST(SumOverRanks, AddsValuesAndGradientsOfAllRanks) {
    Group group{Communicator::world(), at::kCPU};
    const auto x = torch::full({2, 3}, group.rank() + 1.0, at::kDouble).requires_grad_();
    const double of_ranks = group.size() * (group.size() + 1) / 2;

    const auto sum = sum_over_ranks(x.t(), group);
    (sum * (group.rank() + 1)).sum().backward();

    EXPECT_TRUE(torch::equal(sum, torch::full({3, 2}, of_ranks, at::kDouble)));
    EXPECT_TRUE(torch::equal(x.grad(), torch::full({2, 3}, of_ranks, at::kDouble)));
    EXPECT_EQ(x[0][0].item<double>(), group.rank() + 1);
}

TEST(SumOverRanks, IsDifferentiableTwice) {
    Group group{Communicator::world(), at::kCPU};
    const auto x = torch::full({}, 2.0, at::kDouble).requires_grad_();

    // With N ranks s = 2 N, and the losses add up to N s^3, whose gradient with respect to every x is 3 N
    // s^2. These gradients add up to 3 N^2 s^2, whose gradient with respect to every x is 6 N^2 s.
    const auto loss = sum_over_ranks(x, group).pow(3);
    const auto first = torch::autograd::grad({loss}, {x}, {}, true, /*create_graph=*/true)[0];
    const auto second = torch::autograd::grad({first}, {x})[0];

    const double ranks = group.size();
    EXPECT_DOUBLE_EQ(first.item<double>(), 3 * std::pow(2 * ranks, 2) * ranks);
    EXPECT_DOUBLE_EQ(second.item<double>(), 6 * 2 * ranks * ranks * ranks);
}

TEST(SumOverRanks, LeavesItsInputAloneAndGivesMemoryOfItsOwn) {
    Group group{Communicator::world(), at::kCPU};
    Group alone{Communicator::self(), at::kCPU};
    const auto x = torch::ones({2, 2});

    const auto in_world = sum_over_ranks(x, group);
    const auto in_self = sum_over_ranks(x, alone);
    const auto rows = gather_rows(x, 0, 2, alone);

    EXPECT_FALSE(in_world.is_alias_of(x) || in_self.is_alias_of(x) || rows.is_alias_of(x));
    EXPECT_TRUE(torch::equal(x, torch::ones({2, 2})));
}

TEST(Collectives, OneRankDoesNotCommunicate) {
    Group alone{Communicator::self(), at::kCPU};
    const auto x = torch::randn({2, 3}).requires_grad_();
    const auto before = reduced_bytes();

    const auto loss = sum_over_ranks(x, alone).sum() + gather_rows(x, 0, 2, alone).sum();
    loss.backward();

    EXPECT_EQ(reduced_bytes(), before);
    EXPECT_TRUE(torch::equal(x.grad(), torch::full({2, 3}, 2.0)));
}

TEST(Collectives, TheGraphMayOutliveItsGroupObject) {
    const auto x = torch::ones({2}).requires_grad_();
    at::Tensor loss;
    int ranks = 0;
    {
        Group group{Communicator::world(), at::kCPU};
        ranks = group.size();
        loss = sum_over_ranks(x, group).sum();
    }

    loss.backward();

    EXPECT_TRUE(torch::equal(x.grad(), torch::full({2}, ranks)));
}

TEST(GatherRows, RefusesSharesOutsideOfTheWhole) {
    Group group{Communicator::world(), at::kCPU};
    Group alone{Communicator::self(), at::kCPU};
    const auto rows = torch::ones({2, 3});

    EXPECT_THROW(gather_rows(torch::ones({}), 0, 1, group), c10::ValueError);
    EXPECT_THROW(gather_rows(rows, -1, 4, group), c10::ValueError);
    EXPECT_THROW(gather_rows(rows, 3, 4, group), c10::ValueError);
    EXPECT_THROW(gather_rows(rows, 0, 1, group), c10::ValueError);
    EXPECT_THROW(gather_rows(rows, 1, 4, alone), c10::ValueError);
}

}  // namespace
}  // namespace sslslr::dist
