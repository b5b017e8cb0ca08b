#include "tests/src/golden/golden.hpp"

#include <gtest/gtest.h>

#include "src/method/sl_fpn.hpp"
#include "src/method/supervised.hpp"

namespace sslslr {
namespace {

void expect_gradients(const Method& method, const nlohmann::json& expected) {
    EXPECT_EQ(method.named_parameters().size(), expected.size());
    for (const auto& item : method.named_parameters()) {
        const auto gradient = item.value().grad().flatten();
        const auto& golden = expected.at(item.key());
        // Gradients of the key's bias cancel in the softmax, so they are compared on the scale of the others.
        const double tolerance = 1e-9 * std::max(1e-3, gradient.abs().max().item<double>()) *
                                 static_cast<double>(gradient.numel());
        if (golden.contains("values")) {
            const auto values = torch::tensor(golden["values"].get<std::vector<double>>(), torch::kFloat64);
            EXPECT_LT((gradient - values).abs().max().item<double>(), tolerance) << item.key();
        } else {
            const auto first = torch::tensor(golden["first"].get<std::vector<double>>(), torch::kFloat64);
            EXPECT_LT((gradient.slice(0, 0, 3) - first).abs().max().item<double>(), tolerance) << item.key();
            EXPECT_NEAR(gradient.sum().item<double>(), golden["sum"].get<double>(), tolerance) << item.key();
            EXPECT_NEAR(gradient.square().sum().item<double>() / golden["sum_of_squares"].get<double>(), 1,
                        1e-8)
                << item.key();
        }
    }
}

class GoldenTest : public testing::Test {
protected:
    const nlohmann::json file_ = golden::read("encoder.json");
    const nlohmann::json model_ = file_["model"];
    dist::Group group_{dist::Communicator::self(), at::kCPU};
    const EncoderConfig encoder_ = golden::encoder_config(model_);

    PackedClips clips(const nlohmann::json& rows, std::int64_t view) const {
        return golden::clips(rows.get<std::vector<std::vector<std::int64_t>>>(), encoder_.features, view);
    }
    PackedClips whole() const { return golden::clips(golden::whole(file_["lengths"]), encoder_.features, 0); }
};

TEST_F(GoldenTest, SlFpnEqualsPyTorchInTermsAndGradients) {
    SlFpn method{encoder_,
                 {.projector_hidden = model_["projector_hidden"],
                  .embedding = model_["embedding"],
                  .predictor_hidden = model_["predictor_hidden"],
                  .projector_norm = HeadNorm::none,
                  .predictor_norm = HeadNorm::none},
                 {}};
    method.set_precision(Precision::float64);
    golden::fill_parameters(method);
    const Batch batch{
        .views = {whole(), clips(file_["views"]["first"], 1), clips(file_["views"]["second"], 2)},
        .labels = {},
        .global_size = 4};

    const auto loss = method.loss(method.encode(batch), batch, group_);
    auto total = torch::zeros({}, torch::kFloat64);
    for (const auto& [name, value] : loss.terms) {
        EXPECT_NEAR(value.item<double>() / file_["sl_fpn"]["terms"][name].get<double>(), 1, 1e-10) << name;
        total = total + value;
    }
    total.backward();

    EXPECT_NEAR(total.item<double>(), file_["sl_fpn"]["loss"].get<double>(), 1e-12);
    EXPECT_LT(golden::relative_difference(golden::matrix(file_["sl_fpn"]["z0"]), loss.projections.back()),
              1e-10);
    expect_gradients(method, file_["sl_fpn"]["gradients"]);
}

TEST_F(GoldenTest, SupervisedEqualsPyTorchInLossAndGradients) {
    Supervised method{encoder_, model_["classes"]};
    method.set_precision(Precision::float64);
    golden::fill_parameters(method);
    Batch batch{.views = {{}, whole(), {}},
                .labels = torch::tensor(file_["labels"].get<std::vector<std::int64_t>>()),
                .global_size = 4};

    const auto loss = method.loss(method.encode(batch), batch, group_).terms.front().value;
    loss.backward();

    EXPECT_NEAR(loss.item<double>(), file_["supervised"]["loss"].get<double>(), 1e-10);
    expect_gradients(method, file_["supervised"]["gradients"]);
}

}  // namespace
}  // namespace sslslr
