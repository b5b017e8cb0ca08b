#include "src/export/encoder_script.hpp"

#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "src/export/description.hpp"
#include "src/export/padded_clips.hpp"
#include "src/settings/words.hpp"

namespace sslslr {
namespace {

/// Clips of 1, 5, 3 and 8 frames.
PackedClips mixed_clips(torch::Dtype type, std::int64_t features = 6) {
    return {.frames = torch::randn({17, features}, torch::kFloat64).to(type),
            .offsets = {0, 1, 6, 9, 17},
            .ids = {0, 1, 2, 3},
            .views = {0, 0, 0, 0}};
}

NamedTensors weights_of(const Encoder& encoder) {
    NamedTensors weights;
    for (const auto& item : encoder->named_parameters()) {
        weights.emplace_back(item.key(), item.value());
    }
    for (const auto& item : encoder->named_buffers()) {
        weights.emplace_back(item.key(), item.value());
    }
    return weights;
}

/// An encoder with weights far from their initial values, so that every bias and norm has an effect.
Encoder trained_encoder(const EncoderConfig& config) {
    Encoder encoder{config};
    const torch::NoGradGuard no_grad;
    for (auto& parameter : encoder->parameters()) {
        parameter.add_(0.3 * torch::randn_like(parameter));
    }
    encoder->eval();
    return encoder;
}

/// Returns the script as a reader gets it: saved and loaded again.
torch::jit::Module saved_and_loaded(const torch::jit::Module& script) {
    std::stringstream file;
    script.save(file);
    return torch::jit::load(file);
}

void expect_same_features(const EncoderConfig& config) {
    torch::manual_seed(4);
    auto encoder = trained_encoder(config);
    auto script = saved_and_loaded(scripted_encoder(config, weights_of(encoder)));
    const auto clips = mixed_clips(torch::kFloat32, config.features);
    const auto [frames, lengths] = padded(clips);
    const torch::NoGradGuard no_grad;

    const auto expected = encoder(clips, DropoutKey{});
    const auto found = script.forward({frames, lengths}).toTensor();

    ASSERT_EQ(found.sizes(), expected.sizes());
    EXPECT_LT((found - expected).abs().max().item<double>(), 1e-5)
        << word_of(config.pooling) << ' ' << word_of(config.position) << ' ' << word_of(config.layer_norm)
        << ' ' << config.blocks;
}

TEST(EncoderScript, EqualsTheEncoderOfEveryKindOnClipsOfDifferentLengths) {
    for (const auto pooling : {Pooling::cls, Pooling::mean}) {
        for (const auto position : {Positions::learnt, Positions::sinusoidal}) {
            for (const auto layer_norm : {LayerNorms::all, LayerNorms::blocks}) {
                expect_same_features({.features = 6,
                                      .frames = 8,
                                      .blocks = 2,
                                      .width = 8,
                                      .heads = 2,
                                      .position = position,
                                      .pooling = pooling,
                                      .layer_norm = layer_norm});
            }
        }
    }
}

TEST(EncoderScript, EqualsTheEncoderOfEveryChoiceOfInputs) {
    using enum InputPart;
    const std::vector<std::vector<InputPart>> choices{
        {positions, velocities, bones, hands, validity}, {velocities, hands}, {validity}, {positions}};
    for (const auto& inputs : choices) {
        for (const std::int64_t coordinates : {2, 3}) {
            EncoderConfig config{.frames = 8, .blocks = 1, .width = 8, .heads = 2, .inputs = inputs};
            fit_to(config, layout_of({.coordinates = coordinates, .validity = true}));
            expect_same_features(config);
        }
    }
}

TEST(EncoderScript, EqualsTheEncoderWithoutLayerNorm) {
    expect_same_features(
        {.features = 6, .frames = 8, .blocks = 1, .width = 8, .heads = 4, .layer_norm = LayerNorms::none});
}

TEST(EncoderScript, EqualsTheEncoderWithoutBlocks) {
    expect_same_features({.features = 6, .frames = 8, .blocks = 0, .width = 8, .heads = 1});
}

TEST(EncoderScript, WhatFollowsAClipsEndHasNoEffect) {
    torch::manual_seed(4);
    const EncoderConfig config{
        .features = 6, .frames = 8, .blocks = 2, .width = 8, .heads = 2, .pooling = Pooling::mean};
    auto script = scripted_encoder(config, weights_of(trained_encoder(config)));
    const auto [frames, lengths] = padded(mixed_clips(torch::kFloat32));
    auto other = frames.clone();
    other[0].narrow(0, 1, 7).fill_(1000);

    const auto first = script.forward({frames, lengths}).toTensor();
    const auto second = script.forward({other, lengths}).toTensor();

    EXPECT_TRUE(torch::equal(first, second));
}

TEST(EncoderScript, HasTheWeightsNamesAndLearnsByThem) {
    const EncoderConfig config{
        .features = 6, .frames = 8, .blocks = 1, .width = 8, .heads = 2, .position = Positions::sinusoidal};
    const auto weights = weights_of(trained_encoder(config));
    auto script = saved_and_loaded(scripted_encoder(config, weights));
    const auto [frames, lengths] = padded(mixed_clips(torch::kFloat32));

    script.forward({frames, lengths}).toTensor().sum().backward();

    std::set<std::string> names;
    for (const auto& parameter : script.named_parameters()) {
        names.insert(parameter.name);
        EXPECT_TRUE(parameter.value.grad().defined()) << parameter.name;
    }
    for (const auto& buffer : script.named_buffers()) {
        names.insert(buffer.name);
    }
    for (const auto& [name, tensor] : weights) {
        EXPECT_EQ(names.count(name), 1U) << name;
    }
    EXPECT_EQ(names.size(), weights.size());
}

}  // namespace
}  // namespace sslslr
