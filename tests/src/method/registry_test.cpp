#include "src/method/registry.hpp"

#include <gtest/gtest.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

std::string refusal(const MethodConfig& config) {
    try {
        make_method(config, 0);
    } catch (const ConfigError& error) {
        return io::as_options(error.what());
    }
    return "";
}

TEST(Registry, MakesEveryMethodItNames) {
    MethodConfig config{.classes = 3, .clips = 200};
    for (const auto& name : method_names()) {
        config.name = name;
        EXPECT_GT(make_method(config, 0)->parameters().size(), 10U) << name;
    }
}

TEST(Registry, TheSeedFixesTheWeights) {
    const auto first = [](std::uint64_t seed) { return make_method({}, seed)->parameters().back().clone(); };

    EXPECT_TRUE(torch::equal(first(1), first(1)));
    EXPECT_FALSE(torch::equal(first(1), first(2)));
}

TEST(Registry, RefusesBadSettingsByOption) {
    EXPECT_NE(
        refusal({.name = "sl-fnp"})
            .find("--method sl-fnp: expected one of sl-fpn, simclr, moco-v2, simsiam, byol, pcl, supervised"),
        std::string::npos);
    EXPECT_NE(refusal({.encoder = {.width = 100, .heads = 8}}).find("--width 100 --heads 8"),
              std::string::npos);
    EXPECT_NE(refusal({.encoder = {.dropout = 1}}).find("--dropout 1"), std::string::npos);
    EXPECT_NE(refusal({.encoder = {.pooling = "max"}}).find("--pooling max"), std::string::npos);
    EXPECT_NE(refusal({.sl_fpn = {.predictor_input = "z"}}).find("--predictor-input z"), std::string::npos);
    EXPECT_NE(refusal({.name = "supervised", .classes = 1}).find("two classes"), std::string::npos);
    EXPECT_NE(refusal({.encoder = {.layer_norm = "some"}}).find("--layer-norm some"), std::string::npos);
    EXPECT_NE(refusal({.heads = {.projector_norm = "batch"}}).find("--projector-norm batch"),
              std::string::npos);
    EXPECT_NE(
        refusal({.name = "simclr", .contrast = {.temperature = 0}}).find("--temperature 0: expected more"),
        std::string::npos);
    EXPECT_NE(refusal({.name = "moco-v2", .contrast = {.queue = 0}}).find("--queue 0"), std::string::npos);
    EXPECT_NE(refusal({.name = "moco-v2", .contrast = {.momentum = 1.5}})
                  .find("--key-momentum 1.5: expected [0, 1]"),
              std::string::npos);
    EXPECT_NE(refusal({.name = "byol", .target_momentum = -0.1}).find("--target-momentum -0.1"),
              std::string::npos);
    EXPECT_NE(refusal({.name = "pcl", .pcl = {.clusters = {50}}, .clips = 40}).find("--clusters 50"),
              std::string::npos);
    EXPECT_EQ(refusal({.name = "sl-fpn", .contrast = {.temperature = 0}}), "") << "none of its settings";
}

TEST(Registry, HeadsHaveTheNormOfEachMethodsSourceUnlessAskedOtherwise) {
    EXPECT_EQ(resolved_heads({.name = "sl-fpn"}).projector_norm, "none");
    EXPECT_EQ(resolved_heads({.name = "simsiam"}).projector_norm, "all");
    EXPECT_EQ(resolved_heads({.name = "simsiam"}).predictor_norm, "hidden");
    EXPECT_EQ(resolved_heads({.name = "byol", .heads = {.projector_norm = "none"}}).projector_norm, "none");
}

TEST(Registry, EveryMethodBeginsWithTheSameEncoder) {
    const auto encoder = [](const std::string& name) {
        const auto method = make_method({.name = name, .classes = 2, .clips = 200}, 3);
        return method->named_parameters()["encoder.blocks.0.attention.qkv.weight"].clone();
    };
    for (const auto& name : method_names()) {
        EXPECT_TRUE(torch::equal(encoder(name), encoder("sl-fpn"))) << name;
    }
}

TEST(Registry, SaysWhichMethodsLearnNothingFromASingleClip) {
    const auto objects = [](const MethodConfig& config) {
        return !objection_to_single_clips(config).empty();
    };
    EXPECT_TRUE(objects({.name = "simclr"}));
    EXPECT_TRUE(objects({.name = "simclr", .heads = {.projector_norm = "none"}}));
    EXPECT_TRUE(objects({.name = "simsiam"}));
    EXPECT_TRUE(objects({.name = "byol"}));
    EXPECT_TRUE(objects({.name = "sl-fpn", .heads = {.predictor_norm = "hidden"}}));
    EXPECT_FALSE(
        objects({.name = "sl-fpn", .heads = {.predictor_norm = "hidden"}, .sl_fpn = {.predictor = false}}));
    for (const auto* name : {"sl-fpn", "simsiam", "byol", "moco-v2", "pcl", "supervised"}) {
        EXPECT_FALSE(objects({.name = name, .heads = {.projector_norm = "none", .predictor_norm = "none"}}))
            << name;
    }
}

}  // namespace
}  // namespace sslslr
