#include "src/method/registry.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

MethodConfig config_of(const char* name) {
    return {.kind = method_named(name)};
}

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
    for (const auto& kind : methods()) {
        config.kind = &kind;
        const auto method = make_method(config, 0);
        EXPECT_GT(method->parameters().size(), 10U) << kind.name;
        EXPECT_EQ(method->uses_labels(), kind.needs_labels) << kind.name;
    }
}

TEST(Registry, TheSeedFixesTheWeights) {
    const auto first = [](std::uint64_t seed) { return make_method({}, seed)->parameters().back().clone(); };

    EXPECT_TRUE(torch::equal(first(1), first(1)));
    EXPECT_FALSE(torch::equal(first(1), first(2)));
}

TEST(Registry, RefusesBadSettingsByOption) {
    EXPECT_THROW(method_named("sl-fnp"), ConfigError);
    EXPECT_NE(refusal({.encoder = {.width = 100, .heads = 8}}).find("--width 100 --heads 8"),
              std::string::npos);
    EXPECT_NE(refusal({.encoder = {.dropout = 1}}).find("--dropout 1"), std::string::npos);
    EXPECT_NE(refusal({.kind = method_named("supervised"), .classes = 1}).find("two classes"),
              std::string::npos);
    EXPECT_NE(refusal({.kind = method_named("simclr"), .contrast = {.temperature = 0}})
                  .find("--temperature 0: expected more"),
              std::string::npos);
    EXPECT_NE(refusal({.kind = method_named("moco-v2"), .contrast = {.queue = 0}}).find("--queue 0"),
              std::string::npos);
    EXPECT_NE(refusal({.kind = method_named("moco-v2"), .contrast = {.momentum = 1.5}})
                  .find("--key-momentum 1.5: expected [0, 1]"),
              std::string::npos);
    EXPECT_NE(refusal({.kind = method_named("byol"), .target_momentum = -0.1}).find("--target-momentum -0.1"),
              std::string::npos);
    EXPECT_NE(
        refusal({.kind = method_named("pcl"), .pcl = {.clusters = {50}}, .clips = 40}).find("--clusters 50"),
        std::string::npos);
    EXPECT_EQ(refusal({.kind = method_named("sl-fpn"), .contrast = {.temperature = 0}}), "")
        << "none of its settings";
}

TEST(Registry, HeadsHaveTheNormOfEachMethodsSourceUnlessAskedOtherwise) {
    EXPECT_EQ(resolved_heads(config_of("sl-fpn")).projector_norm, HeadNorm::none);
    EXPECT_EQ(resolved_heads(config_of("simsiam")).projector_norm, HeadNorm::all);
    EXPECT_EQ(resolved_heads(config_of("simsiam")).predictor_norm, HeadNorm::hidden);
    auto byol = config_of("byol");
    byol.heads.projector_norm = HeadNorm::none;
    EXPECT_EQ(resolved_heads(byol).projector_norm, HeadNorm::none);
}

TEST(Registry, EveryMethodBeginsWithTheSameEncoder) {
    const auto encoder = [](const std::string& name) {
        const auto method = make_method({.kind = method_named(name), .classes = 2, .clips = 200}, 3);
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
    for (const auto& kind : methods()) {
        const bool needs_others = *kind.alone != '\0';
        const bool has_norm = kind.projector_norm != HeadNorm::none || kind.predictor_norm != HeadNorm::none;
        EXPECT_EQ(objects({.kind = &kind}), needs_others || has_norm) << kind.name;
        const HeadConfig plain{.projector_norm = HeadNorm::none, .predictor_norm = HeadNorm::none};
        EXPECT_EQ(objects({.kind = &kind, .heads = plain}), needs_others) << kind.name;
    }
    EXPECT_TRUE(objects(config_of("simclr")));
    auto varies = config_of("sl-fpn");
    EXPECT_FALSE(objects(varies));
    varies.regulariser.kind = RegulariserKind::vicreg;
    EXPECT_TRUE(objects(varies));
    auto predicts = config_of("sl-fpn");
    predicts.heads.predictor_norm = HeadNorm::hidden;
    EXPECT_TRUE(objects(predicts));
    predicts.sl_fpn.predictor = false;
    EXPECT_FALSE(objects(predicts));
}

TEST(Registry, RefusesTooFewTrainingClips) {
    const auto check = [](const char* name, std::int64_t clips) {
        const auto config = config_of(name);
        config.kind->check_clips(config, clips);
    };
    EXPECT_THROW(check("moco-v2", 1), ConfigError);
    EXPECT_NO_THROW(check("moco-v2", 2));
    EXPECT_THROW(check("pcl", 99), ConfigError) << "the larger clustering has 100 centres";
    EXPECT_NO_THROW(check("pcl", 100));
}

TEST(Registry, TheGuideHasItsTable) {
    const std::filesystem::path root{SSLSLR_SOURCE_DIR};
    std::ifstream file{root / "src/README.md"};
    const std::string guide{std::istreambuf_iterator<char>{file}, {}};

    EXPECT_NE(guide.find("\n\n" + table_of_methods() + "\n"), std::string::npos)
        << "section Methods of src/README.md should hold\n"
        << table_of_methods();
    for (const auto& kind : methods()) {
        EXPECT_TRUE(std::filesystem::exists(root / kind.example)) << kind.example;
    }
}

}  // namespace
}  // namespace sslslr
