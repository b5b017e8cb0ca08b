// Gradient routing and state of the negative-free and contrastive baselines; objectives_mpi_test checks their
// losses.
#include <gtest/gtest.h>
#include <torch/autograd.h>

#include "src/method/losses.hpp"
#include "src/method/momentum.hpp"
#include "src/method/pcl.hpp"
#include "src/method/registry.hpp"
#include "tests/src/golden/golden.hpp"

namespace sslslr {
namespace {

PackedClips four_clips(std::int64_t view) {
    return {torch::randn({18, 6}, torch::requires_grad().dtype(torch::kFloat64)),
            {0, 3, 10, 14, 18},
            {4, 5, 6, 7},
            {view, view, view, view}};
}

class MethodsTest : public testing::Test {
protected:
    void SetUp() override { torch::manual_seed(7); }

    std::shared_ptr<Method> method(const std::string& name, double dropout = 0) {
        auto made = make_method(
            {.kind = method_named(name),
             .encoder = {.features = 6, .frames = 8, .blocks = 1, .width = 8, .heads = 2, .dropout = dropout},
             .heads = {.embedding = 4, .predictor_hidden = 4},
             .contrast = {.momentum = 0.75, .queue = 6},
             .pcl = {.clusters = {2}, .warmup_epochs = 0},
             .target_momentum = 0.5,
             .classes = 3,
             .clips = 10},
            3);
        made->set_precision(Precision::float64);
        return made;
    }
    LossTerms loss_of(Method& method, const Batch& batch) {
        return method.loss(method.encode(batch), batch, group_);
    }
    static Batch batch() {
        return {.views = {{}, four_clips(1), four_clips(2)}, .labels = {}, .global_size = 4};
    }

    dist::Group group_{dist::Communicator::self(), at::kCPU};
};

bool reaches(const torch::Tensor& value, const torch::Tensor& leaf) {
    const auto gradient = torch::autograd::grad({value}, {leaf}, {}, /*retain_graph=*/true, false,
                                                /*allow_unused=*/true)[0];
    return gradient.defined() && gradient.abs().max().item<double>() > 0;
}

TEST_F(MethodsTest, SymmetricMethodsReachBothViewsAndIgnoreTheirOrder) {
    for (const std::string name : {"simclr", "simsiam", "byol"}) {
        auto one = batch();
        const auto made = method(name);
        const auto loss = loss_of(*made, one).sum();
        EXPECT_TRUE(reaches(loss, one.views.first.frames)) << name;
        EXPECT_TRUE(reaches(loss, one.views.second.frames)) << name;

        std::swap(one.views.first, one.views.second);
        EXPECT_NEAR(loss_of(*made, one).sum().item<double>(), loss.item<double>(), 1e-13) << name;
    }
}

TEST_F(MethodsTest, KeysOfMomentumContrastAreConstants) {
    for (const std::string name : {"moco-v2", "pcl"}) {
        const auto one = batch();
        const auto loss = loss_of(*method(name), one).sum();
        EXPECT_TRUE(reaches(loss, one.views.first.frames)) << name;
        EXPECT_FALSE(reaches(loss, one.views.second.frames)) << name;
    }
}

TEST_F(MethodsTest, SimSiamsTargetsAreConstants) {
    // The predictor outputs only its bias, so only the targets could carry a gradient.
    const auto made = method("simsiam");
    {
        const torch::NoGradGuard no_grad;
        made->named_parameters()["predictor.output.weight"].zero_();
    }
    const auto one = batch();
    const auto loss = loss_of(*made, one).sum();
    EXPECT_FALSE(reaches(loss, one.views.first.frames));
    EXPECT_TRUE(reaches(loss, made->named_parameters()["predictor.output.bias"]));
}

TEST_F(MethodsTest, MomentumNetworksFollowAndAreNotTrained) {
    for (const auto& [name, momentum] : {std::pair{"byol", 0.75}, std::pair{"moco-v2", 0.75}}) {
        const auto made = method(name);
        const auto weight = [&](const std::string& of) { return made->named_parameters()[of]; };
        for (const std::string network :
             {"encoder.blocks.0.attention.qkv.weight", "projector.hidden.weight"}) {
            const auto source = weight(network);
            const auto target = weight("momentum_" + network);
            ASSERT_TRUE(torch::equal(source, target)) << name;
            EXPECT_FALSE(target.requires_grad());
        }
        {
            const torch::NoGradGuard no_grad;
            weight("projector.hidden.weight").add_(1);
        }
        const auto one = batch();
        const auto before = weight("momentum_projector.hidden.weight").clone();

        made->after_step(0.5, one, loss_of(*made, one), group_);  // byol: half way from 0.5 to 1

        EXPECT_LT(
            (weight("momentum_projector.hidden.weight") - before - (1 - momentum)).abs().max().item<double>(),
            1e-14)
            << name;
    }
}

TEST_F(MethodsTest, MomentumNetworksDrawDropoutOfTheirOwn) {
    const auto made = method("byol", 0.5);
    const auto one = batch();

    const auto encoded = made->encode(one);

    EXPECT_FALSE(torch::allclose(encoded.trained.first, encoded.target.first))
        << "equal weights, other masks";
}

TEST_F(MethodsTest, AQueuedKeyBelongsToItsClip) {
    const auto made = method("moco-v2");
    const auto one = batch();
    const auto loss = loss_of(*made, one);

    made->after_step(0, one, loss, group_);

    const auto ids = made->named_buffers()["queue.ids"];
    EXPECT_TRUE(torch::equal(ids, torch::tensor({4, 5, 6, 7, -1, -1})));
    EXPECT_TRUE(torch::equal(made->named_buffers()["queue.keys"].slice(0, 0, 4), loss.keys));
    made->set_precision(Precision::float32);
    EXPECT_EQ(made->named_buffers()["queue.ids"].scalar_type(), torch::kInt64)
        << "numbers stay what they are";
}

TEST_F(MethodsTest, PclContrastsWithPrototypesAfterItsFirstClustering) {
    const auto made = method("pcl");
    const auto one = batch();
    EXPECT_EQ(loss_of(*made, one).terms[1].value.item<double>(), 0);

    const std::vector<std::int64_t> ids{4, 5, 6, 7};
    made->before_epoch(
        0, {ids, [&](std::int64_t begin, std::int64_t end) { return part_of(one, begin, end).views.first; }},
        group_);

    const auto loss = loss_of(*made, one);
    EXPECT_GT(loss.terms[1].value.item<double>(), 0);
    EXPECT_TRUE(reaches(loss.terms[1].value, one.views.first.frames));
    EXPECT_TRUE(made->is_training()) << "the pass over the recorded clips left the training as it was";
}

TEST(Pcl, PrototypeContrastEqualsTheAuthorsInValueAndGradient) {
    const auto file = golden::read("methods.json")["pcl_prototype"];
    const auto projection = golden::input(file, "projection").set_requires_grad(true);
    const auto own = torch::tensor(file["assignment"].get<std::vector<std::int64_t>>());

    const auto loss = prototype_sum(unit_rows(projection), unit_rows(golden::input(file, "centroids")),
                                    golden::vector(file["density"]), own) /
                      4.0;
    loss.backward();

    EXPECT_NEAR(loss.item<double>(), file["loss"].get<double>(), 1e-12);
    EXPECT_LT(golden::relative_difference(projection.grad(), golden::matrix(file["gradients"]["projection"])),
              1e-12);
}

TEST(Momentum, EqualsLightlys) {
    const auto file = golden::read("methods.json")["update_momentum"];
    torch::nn::Linear source{3, 2};
    torch::nn::Linear target{3, 2};
    source->to(torch::kFloat64);
    target->to(torch::kFloat64);
    const auto fill = [&](torch::nn::Linear& linear, const std::string& prefix) {
        const torch::NoGradGuard no_grad;
        linear->weight.copy_(golden::input(file, prefix + "_weight"));
        linear->bias.copy_(golden::input(file, prefix + "_bias"));
    };
    fill(target, "target");
    for (std::size_t k = 0; k < 3; ++k) {
        fill(source, "source" + std::to_string(k));
        move_towards(*target, *source, file["m"]);
        const auto& expected = file["targets"][k];
        EXPECT_LT(golden::relative_difference(target->weight, golden::matrix(expected["weight"])), 1e-14);
        EXPECT_LT(golden::relative_difference(target->bias, golden::vector(expected["bias"])), 1e-14);
    }
}

TEST(Momentum, CosineScheduleEqualsLightlys) {
    const auto file = golden::read("methods.json")["momentum_schedule"];
    for (std::size_t k = 0; k < 10; ++k) {
        EXPECT_NEAR(cosine_momentum(file["start"], static_cast<double>(k) / 9),
                    file["values"][k].get<double>(), 1e-14);
    }
}

}  // namespace
}  // namespace sslslr
