#include <gtest/gtest.h>

#include "dist/collectives.hpp"
#include "src/method/k_means.hpp"
#include "src/method/losses.hpp"
#include "src/method/pcl.hpp"
#include "tests/src/golden/golden.hpp"

namespace sslslr {
namespace {

using dist::Communicator;

/// 30 points around three distant centres.
torch::Tensor points() {
    const auto generator = at::make_generator<at::CPUGeneratorImpl>(5);
    const auto noise = torch::randn({30, 4}, generator, torch::kFloat64);
    const auto centres = 40 * torch::eye(4, torch::kFloat64).slice(0, 0, 3);
    return centres.index_select(0, torch::arange(30).remainder(3)) + noise;
}

TEST(KMeans, FindsTheGroupsWhateverTheRanksHold) {
    dist::Group group{Communicator::world(), at::kCPU};
    const auto all = points();
    const auto begin = 30 * group.rank() / group.size();
    const auto mine = all.slice(0, begin, 30 * (group.rank() + 1) / group.size());

    // Lloyd's algorithm finds only a local optimum, so this tries seeds until it finds the groups.
    for (std::uint64_t seed = 0;; ++seed) {
        ASSERT_LT(seed, 50U);
        const auto found = k_means(mine, begin, 30, 3, 20, seed, group);
        const auto assignment = dist::gather_rows(found.assignment, begin, 30, group);
        if (found.distance.numel() > 0) {
            EXPECT_TRUE(torch::allclose((mine - found.centres.index_select(0, found.assignment)).norm(2, 1),
                                        found.distance));
        }
        dist::Group alone{Communicator::self(), at::kCPU};
        const auto expected = k_means(all, 0, 30, 3, 20, seed, alone);
        ASSERT_TRUE(torch::equal(assignment, expected.assignment));
        ASSERT_LT((found.centres - expected.centres).abs().max().item<double>(), 1e-12);
        if (torch::equal(assignment, assignment.slice(0, 0, 3).repeat({10})) &&
            std::get<0>(at::_unique(assignment)).numel() == 3) {
            break;  // every group is one cluster
        }
    }
}

TEST(KMeans, ACentreWithoutPointsStays) {
    dist::Group group{Communicator::self(), at::kCPU};
    const auto same = torch::ones({5, 2}, torch::kFloat64);

    const auto found = k_means(same, 0, 5, 2, 20, 1, group);

    EXPECT_TRUE(found.centres.isfinite().all().item<bool>());
    EXPECT_EQ(found.distance.abs().max().item<double>(), 0);
}

TEST(Pcl, ConcentrationsEqualTheAuthorsRule) {
    const auto file = golden::read("methods.json")["pcl_concentration"];
    const auto assignment = torch::tensor(file["assignment"].get<std::vector<std::int64_t>>());

    const auto found = concentrations(golden::vector(file["distances"]), assignment, 5, file["temperature"]);

    EXPECT_LT((found - golden::vector(file["density"])).abs().max().item<double>(), 1e-12);
}

TEST(Pcl, ConcentrationsOfACollapsedNetworkAreFinite) {
    const auto assignment = torch::zeros({6}, torch::kInt64);

    const auto found = concentrations(torch::zeros({6}, torch::kFloat64), assignment, 2, 0.2);

    EXPECT_TRUE(torch::allclose(found, torch::full({2}, 0.2, torch::kFloat64)));
}

}  // namespace
}  // namespace sslslr
