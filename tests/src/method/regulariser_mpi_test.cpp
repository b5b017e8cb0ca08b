// SIGReg and VICReg's terms compared with NumPy, with the clips spread over the ranks.
#include <fstream>
#include <functional>

#include <gtest/gtest.h>

#include "dist/collectives.hpp"
#include "src/method/regulariser.hpp"
#include "tests/src/golden/golden.hpp"

namespace sslslr {
namespace {

using dist::Communicator;

class RegulariserTest : public testing::Test {
protected:
    using Statistic = std::function<torch::Tensor(std::span<const torch::Tensor> views, dist::Group& group)>;

    static nlohmann::json read() {
        std::ifstream file{SSLSLR_SOURCE_DIR "/tests/src/method/golden/regulariser.json"};
        return nlohmann::json::parse(file);
    }
    torch::Tensor view(const std::string& name) const {
        return file_["scale"].get<double>() * golden::input(file_, name);
    }

    /// This rank's rows of `all`. The ranks get unequal shares; of several ranks, the first gets none.
    torch::Tensor mine(const torch::Tensor& all) const {
        const auto rows = all.size(0);
        const auto rank = group_.rank();
        const auto others = group_.size() - 1;
        if (others == 0) {
            return all;
        }
        const auto begin = rank == 0 ? 0 : rows * (rank - 1) * (rank - 1) / (others * others);
        return all.slice(0, begin, rows * rank * rank / (others * others));
    }
    double over_ranks(const torch::Tensor& share) {
        return dist::sum_over_ranks(share.detach(), group_).item<double>();
    }

    void expect_golden(const nlohmann::json& expected, const Statistic& statistic) {
        std::vector<torch::Tensor> views;
        for (const auto* const name : {"first", "second"}) {
            views.push_back(mine(view(name)).clone().set_requires_grad(true));
        }

        const auto share = statistic(views, group_);
        share.backward();

        EXPECT_NEAR(over_ranks(share), expected["value"].get<double>(), 1e-13);
        for (std::size_t number = 0; number < views.size(); ++number) {
            const auto difference =
                views[number].grad() - mine(golden::matrix(expected["gradients"][number]));
            EXPECT_LT(difference.numel() == 0 ? 0 : difference.abs().max().item<double>(), 1e-13);
        }
    }

    const nlohmann::json file_ = read();
    dist::Group group_{Communicator::world(), at::kCPU};
};

TEST_F(RegulariserTest, SigregEqualsNumpyInValueAndGradients) {
    const auto directions = golden::input(file_, "directions");
    expect_golden(file_["sigreg"], [&](std::span<const torch::Tensor> views, dist::Group& group) {
        return sigreg_share(views, directions / directions.norm(2, 0), 6, group);
    });
}

TEST_F(RegulariserTest, VicregEqualsNumpyInValueAndGradients) {
    expect_golden(file_["vicreg"], [](std::span<const torch::Tensor> views, dist::Group& group) {
        return vicreg_share(views, 6, group);
    });
}

TEST_F(RegulariserTest, TheTermOfAStepHasTheSameDirectionsOnAllRanksAndOthersInTheNextStep) {
    const std::vector<torch::Tensor> whole{view("first")};
    const std::vector<torch::Tensor> share{mine(whole.front())};
    const RegulariserConfig config{.kind = RegulariserKind::sigreg, .weight = 2};
    dist::Group alone{Communicator::self(), at::kCPU};

    const auto expected = regulariser_share(config, whole, 6, 11, alone).item<double>();

    EXPECT_NEAR(over_ranks(regulariser_share(config, share, 6, 11, group_)), expected, 1e-13);
    EXPECT_GT(std::abs(over_ranks(regulariser_share(config, share, 6, 12, group_)) - expected), 1e-6);
}

}  // namespace
}  // namespace sslslr
