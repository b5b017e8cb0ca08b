// Losses, batch norm and queue compared with Lightly and PyTorch, with the clips spread over the ranks.
#include <array>

#include <gtest/gtest.h>

#include "dist/collectives.hpp"
#include "src/method/key_queue.hpp"
#include "src/method/losses.hpp"
#include "src/model/batch_norm.hpp"
#include "tests/src/golden/golden.hpp"

namespace sslslr {
namespace {

using dist::Communicator;
using golden::input;
using golden::matrix;
using golden::vector;

constexpr double close = 1e-12;

std::string numbered(const std::string& name, std::size_t number) {
    return name + std::to_string(number);
}

class ObjectivesTest : public testing::Test {
protected:
    const nlohmann::json file_ = golden::read("methods.json");
    dist::Group group_{Communicator::world(), at::kCPU};

    std::int64_t begin(std::int64_t rows) const { return rows * group_.rank() / group_.size(); }
    std::int64_t count(std::int64_t rows) const {
        return rows * (group_.rank() + 1) / group_.size() - begin(rows);
    }

    /// This rank's rows.
    torch::Tensor mine(const torch::Tensor& all) const {
        return all.narrow(0, begin(all.size(0)), count(all.size(0)));
    }
    torch::Tensor leaf(const nlohmann::json& golden_case, const std::string& name) const {
        return mine(input(golden_case, name)).clone().set_requires_grad(true);
    }
    double over_ranks(const torch::Tensor& share) {
        return dist::sum_over_ranks(share.detach(), group_).item<double>();
    }
    void expect_rows(const torch::Tensor& found, const nlohmann::json& golden_rows,
                     const std::string& what) const {
        const auto difference = (found - mine(matrix(golden_rows))).abs();
        EXPECT_TRUE(difference.numel() == 0 || difference.max().item<double>() < close) << what;
    }

    /// This rank's share of a global batch of these clips.
    Batch batch_of(const std::vector<std::int64_t>& ids) const {
        Batch batch;
        batch.global_size = std::ssize(ids);
        batch.first = begin(batch.global_size);
        const auto from = ids.begin() + batch.first;
        batch.views.first.ids = {from, from + count(batch.global_size)};
        return batch;
    }
};

TEST_F(ObjectivesTest, NtXentEqualsLightlyInLossAndGradients) {
    const auto& golden_case = file_["nt_xent"];
    for (const auto& expected : golden_case["cases"]) {
        const auto first = leaf(golden_case, "out0");
        const auto second = leaf(golden_case, "out1");

        const auto share =
            nt_xent_sum(first, second, batch_of({8, 1, 5, 2, 9, 0}), expected["temperature"], group_) / 12.0;
        share.backward();

        EXPECT_NEAR(over_ranks(share), expected["loss"].get<double>(), close);
        expect_rows(first.grad(), expected["gradients"]["out0"], "out0");
        expect_rows(second.grad(), expected["gradients"]["out1"], "out1");
    }
}

TEST_F(ObjectivesTest, NtXentTakesNoOtherPlaceOfAClipForANegative) {
    const std::vector<std::int64_t> ids{4, 7, 4, 5, 7, 4};  // several ranks hold the same clip
    const auto& golden_case = file_["nt_xent"];
    constexpr double temperature = 0.2;
    const auto first = leaf(golden_case, "out0");
    const auto second = leaf(golden_case, "out1");
    std::array<torch::Tensor, 2> whole{input(golden_case, "out0"), input(golden_case, "out1")};
    for (auto& view : whole) {
        view.set_requires_grad(true);
    }
    auto expected = torch::zeros({}, torch::kFloat64);
    for (std::size_t view = 0; view < 2; ++view) {
        const auto same = unit_rows(whole[view]);
        const auto other = unit_rows(whole[1 - view]);
        for (std::int64_t i = 0; i < 6; ++i) {
            std::vector<torch::Tensor> scores{torch::dot(same[i], other[i])};
            for (std::int64_t j = 0; j < 6; ++j) {
                if (ids[static_cast<std::size_t>(j)] != ids[static_cast<std::size_t>(i)]) {
                    scores.push_back(torch::dot(same[i], other[j]));
                    scores.push_back(torch::dot(same[i], same[j]));
                }
            }
            const auto all = torch::stack(scores) / temperature;
            expected = expected + all.logsumexp(0) - all[0];
        }
    }
    expected.backward();

    const auto share = nt_xent_sum(first, second, batch_of(ids), temperature, group_);
    share.backward();

    EXPECT_NEAR(over_ranks(share), expected.item<double>(), close * 12);
    for (const auto& [found, view] : {std::pair{first, 0U}, std::pair{second, 1U}}) {
        const auto difference = (found.grad() - mine(whole[view].grad())).abs();
        EXPECT_TRUE(difference.numel() == 0 || difference.max().item<double>() < close * 12) << view;
    }
}

TEST_F(ObjectivesTest, NtXentOfABatchOfOneClipHasNoNegatives) {
    const auto first = leaf(file_["nt_xent"], "out0");
    const auto second = leaf(file_["nt_xent"], "out1");

    const auto share = nt_xent_sum(first, second, batch_of({3, 3, 3, 3, 3, 3}), 0.2, group_);
    share.backward();

    EXPECT_EQ(over_ranks(share), 0);
    EXPECT_EQ(first.grad().abs().sum().item<double>(), 0);
}

TEST_F(ObjectivesTest, CosinesEqualLightlysSimSiamAndByol) {
    const auto& simsiam = file_["negative_cosine"];
    const auto p1 = leaf(simsiam, "p1");
    const auto p2 = leaf(simsiam, "p2");
    const auto share =
        -(cosine_sum(p1, mine(input(simsiam, "z2"))) + cosine_sum(p2, mine(input(simsiam, "z1")))) /
        (2.0 * 6.0);
    share.backward();
    EXPECT_NEAR(over_ranks(share), simsiam["simsiam"]["loss"].get<double>(), close);
    expect_rows(p1.grad(), simsiam["simsiam"]["gradients"]["p1"], "p1");
    expect_rows(p2.grad(), simsiam["simsiam"]["gradients"]["p2"], "p2");

    const auto& byol = file_["byol"];
    const auto sum = cosine_sum(mine(input(byol, "p1")), mine(input(byol, "t2"))) +
                     cosine_sum(mine(input(byol, "p2")), mine(input(byol, "t1")));
    EXPECT_NEAR(4 - 2 * over_ranks(sum) / 6, byol["loss"].get<double>(), close);
}

TEST_F(ObjectivesTest, QueueAndInfoNceEqualLightlysMemoryBank) {
    const auto& bank = file_["memory_bank"];
    KeyQueue queue{bank["size"].get<std::int64_t>(), 8};
    queue->to(torch::kFloat64);
    queue->named_buffers()["keys"].copy_(unit_rows(input(bank, "start")));
    queue->named_buffers()["ids"].set_data(torch::full({12}, -1, torch::kInt64));
    queue->named_buffers()["next"].set_data(torch::zeros({}, torch::kInt64));

    for (std::size_t k = 0; k < bank["batches"].size(); ++k) {
        const auto& expected = bank["batches"][k];
        const auto query = leaf(bank, numbered("query", k));
        const auto key = unit_rows(mine(input(bank, numbered("key", k))));
        const auto first_id = 4 * static_cast<std::int64_t>(k);
        const auto batch = batch_of({first_id, first_id + 1, first_id + 2, first_id + 3});

        const auto share = info_nce_sum(unit_rows(query), key, queue->keys(), queue->is_of(batch.ids()),
                                        bank["temperature"]) /
                           4.0;
        share.backward();
        queue->enqueue(key, batch, group_);

        EXPECT_NEAR(over_ranks(share), expected["loss"].get<double>(), close) << "batch " << k;
        expect_rows(query.grad(), expected["gradients"]["query"], "query");
        EXPECT_LT((queue->keys() - matrix(expected["bank"])).abs().max().item<double>(), close)
            << "batch " << k;
        EXPECT_EQ(queue->named_buffers()["next"].item<std::int64_t>(), expected["next"].get<std::int64_t>());
    }
}

TEST_F(ObjectivesTest, QueueHoldsTheLastKeysOfBatchesOfAnySizeAndKnowsTheirClips) {
    KeyQueue queue{3, 8};
    queue->to(torch::kFloat64);
    queue->named_buffers()["ids"].set_data(torch::full({3}, -1, torch::kInt64));
    queue->named_buffers()["next"].set_data(torch::zeros({}, torch::kInt64));
    const auto keys = unit_rows(input(file_["memory_bank"], "key0"));

    queue->enqueue(mine(keys), batch_of({7, 8, 9, 5}), group_);

    // Four keys in a ring of three: the key of clip 7 went to row 0, and that of clip 5 replaced it.
    EXPECT_TRUE(torch::equal(queue->keys(), torch::stack({keys[3], keys[1], keys[2]})));
    EXPECT_TRUE(
        torch::equal(queue->is_of({9, 6}), torch::tensor({{false, false, true}, {false, false, false}})));
}

TEST_F(ObjectivesTest, AClipsOwnEarlierKeysAreNoNegatives) {
    const auto queries = unit_rows(input(file_["memory_bank"], "query0"));
    const auto negatives = unit_rows(input(file_["memory_bank"], "start"));
    auto is_same = torch::zeros({4, 12}, torch::kBool);
    is_same.slice(1, 6).fill_(true);

    const auto masked = info_nce_sum(queries, queries, negatives, is_same, 0.2);
    const auto without =
        info_nce_sum(queries, queries, negatives.slice(0, 0, 6), torch::zeros({4, 6}, torch::kBool), 0.2);

    EXPECT_NEAR(masked.item<double>(), without.item<double>(), close);
}

TEST_F(ObjectivesTest, BatchNormEqualsPyTorchsSyncBatchNorm) {
    const auto& norm = file_["batch_norm"];
    BatchNorm layer{5};
    layer->to(torch::kFloat64);
    {
        const torch::NoGradGuard no_grad;
        layer->named_parameters()["weight"].copy_(1 + 0.1 * input(norm, "weight"));
        layer->named_parameters()["bias"].copy_(0.1 * input(norm, "bias"));
    }
    for (std::size_t k = 0; k < 2; ++k) {
        const auto& expected = norm["batches"][k];
        const auto x = leaf(norm, numbered("x", k));
        layer->zero_grad();

        const auto y = layer->forward(x, group_);
        y.backward(mine(input(norm, numbered("y_gradient", k))));

        expect_rows(y.detach(), expected["y"], "y");
        expect_rows(x.grad(), expected["dx"], "dx");
        for (const auto& [name, gradient] : {std::pair{"weight", "dweight"}, std::pair{"bias", "dbias"}}) {
            const auto sum = dist::sum_over_ranks(layer->named_parameters()[name].grad(), group_);
            EXPECT_LT((sum - vector(expected[gradient])).abs().max().item<double>(), close) << name;
        }
        for (const auto* name : {"running_mean", "running_var"}) {
            const auto& found = layer->named_buffers()[name];
            EXPECT_LT((found - vector(expected[name])).abs().max().item<double>(), close) << name;
        }
    }
    layer->eval();
    expect_rows(layer->forward(mine(input(norm, "x0")), group_).detach(), norm["eval_y"], "eval y");
}

}  // namespace
}  // namespace sslslr
