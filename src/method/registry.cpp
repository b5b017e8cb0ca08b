#include "src/method/registry.hpp"

#include <functional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/errors.hpp"
#include "src/method/supervised.hpp"

namespace sslslr {
namespace {

using Factory = std::function<std::shared_ptr<Method>(const MethodConfig&)>;

const std::vector<std::pair<std::string, Factory>>& table() {
    static const std::vector<std::pair<std::string, Factory>> methods{
        {"sl-fpn",
         [](const MethodConfig& c) { return std::make_shared<SlFpn>(c.encoder, c.heads, c.sl_fpn); }},
        {"supervised",
         [](const MethodConfig& c) { return std::make_shared<Supervised>(c.encoder, c.classes); }},
    };
    return methods;
}

void require(bool holds, const std::string& message) {
    if (!holds) {
        throw ConfigError{message};
    }
}

void check(const MethodConfig& config) {
    const auto& e = config.encoder;
    require(e.blocks >= 0, fmt::format("--blocks {}: expected 0 or more", e.blocks));
    require(
        e.width >= 1 && e.heads >= 1 && e.width % e.heads == 0,
        fmt::format("--width {} --heads {}: the width must be a multiple of the heads", e.width, e.heads));
    require(e.dropout >= 0 && e.dropout < 1, fmt::format("--dropout {}: expected [0, 1)", e.dropout));
    require(e.position == "learnt" || e.position == "sinusoidal",
            fmt::format("--position {}: expected learnt or sinusoidal", e.position));
    require(e.pooling == "cls" || e.pooling == "mean",
            fmt::format("--pooling {}: expected cls or mean", e.pooling));
    const auto& input = config.sl_fpn.predictor_input;
    require(input == "original" || input == "view",
            fmt::format("--predictor-input {}: expected original or view", input));
    require(config.name != "supervised" || config.classes > 1,
            "--method supervised needs at least two classes among the chosen clips");
}

}  // namespace

std::vector<std::string> method_names() {
    std::vector<std::string> names;
    for (const auto& [name, factory] : table()) {
        names.push_back(name);
    }
    return names;
}

std::shared_ptr<Method> make_method(const MethodConfig& config, std::uint64_t seed) {
    check(config);
    for (const auto& [name, factory] : table()) {
        if (name == config.name) {
            torch::manual_seed(seed);
            return factory(config);
        }
    }
    throw ConfigError{
        fmt::format("--method {}: expected one of {}", config.name, fmt::join(method_names(), ", "))};
}

}  // namespace sslslr
