#pragma once

#include <cmath>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <torch/nn/module.h>

#include "src/data/packed_clips.hpp"
#include "src/model/encoder.hpp"

namespace sslslr::golden {

// Fills parameters and clips by the rules of formula.py, so that the golden files hold only results.

inline nlohmann::json read(const std::string& name) {
    std::ifstream file{std::string{SSLSLR_GOLDEN} + "/" + name};
    return nlohmann::json::parse(file);
}

inline void fill_parameters(torch::nn::Module& module) {
    const torch::NoGradGuard no_grad;
    std::map<std::string, torch::Tensor> sorted;
    for (const auto& item : module.named_parameters()) {
        sorted.emplace(item.key(), item.value());
    }
    double number = 0;
    for (auto& [name, parameter] : sorted) {
        const auto index = torch::arange(parameter.numel(), torch::kFloat64);
        const auto wave = torch::sin(1.0 + 0.7 * index + 1.3 * number++).view(parameter.sizes());
        const bool norm_weight = name.ends_with(".weight") && parameter.dim() == 1;
        parameter.copy_(norm_weight ? 1 + 0.1 * wave : name.ends_with(".bias") ? 0.1 * wave : 0.3 * wave);
    }
}

/// Clips 0, 1, ... as view `view`: clip b has its frames in the order of rows[b].
inline PackedClips clips(const std::vector<std::vector<std::int64_t>>& rows, std::int64_t features,
                         std::int64_t view) {
    PackedClips packed{{}, {0}, {}, {}};
    std::vector<torch::Tensor> frames;
    for (std::size_t b = 0; b < rows.size(); ++b) {
        const auto s = torch::tensor(rows[b], torch::kFloat64).unsqueeze(1);
        const auto f = torch::arange(features, torch::kFloat64);
        frames.push_back(
            torch::sin(0.37 * (1.0 + static_cast<double>(b)) + 0.11 * s * (1 + f.remainder(7)) + 0.05 * f));
        packed.offsets.push_back(packed.offsets.back() + static_cast<std::int64_t>(rows[b].size()));
        packed.ids.push_back(static_cast<std::int64_t>(b));
        packed.views.push_back(view);
    }
    packed.frames = torch::cat(frames);
    return packed;
}

/// The frame numbers of clips in recorded order.
inline std::vector<std::vector<std::int64_t>> whole(const std::vector<std::int64_t>& lengths) {
    std::vector<std::vector<std::int64_t>> rows;
    for (const auto length : lengths) {
        const auto order = torch::arange(length);
        rows.emplace_back(order.data_ptr<std::int64_t>(), order.data_ptr<std::int64_t>() + length);
    }
    return rows;
}

inline torch::Tensor matrix(const nlohmann::json& rows) {
    std::vector<torch::Tensor> all;
    for (const auto& row : rows) {
        all.push_back(torch::tensor(row.get<std::vector<double>>(), torch::kFloat64));
    }
    return torch::stack(all);
}

/// Returns the named input of a case in methods.json, a tensor filled by the formula TENSOR_RULE.
inline torch::Tensor input(const nlohmann::json& golden_case, const std::string& name) {
    const auto& described = golden_case["inputs"][name];
    const auto shape = described["shape"].get<std::vector<std::int64_t>>();
    const auto row = torch::arange(shape.size() == 2 ? shape[0] : 1, torch::kFloat64).unsqueeze(1);
    const auto column = torch::arange(shape.back(), torch::kFloat64);
    const double phase = 0.3 + 1.7 * described["tensor"].get<double>();
    return torch::sin(phase + 0.9 * row + 0.6 * column + 0.25 * row * column).view(shape);
}

inline torch::Tensor vector(const nlohmann::json& values) {
    return torch::tensor(values.get<std::vector<double>>(), torch::kFloat64);
}

inline EncoderConfig encoder_config(const nlohmann::json& model) {
    return {.features = model["features"],
            .frames = model["frames"],
            .blocks = model["blocks"],
            .width = model["width"],
            .heads = model["heads"],
            .dropout = 0};
}

/// Returns the largest difference of two tensors, relative to the largest element of `a`.
inline double relative_difference(const torch::Tensor& a, const torch::Tensor& b) {
    const double scale = std::max(a.abs().max().item<double>(), 1e-300);
    return (a - b).abs().max().item<double>() / scale;
}

}  // namespace sslslr::golden
