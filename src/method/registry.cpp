#include "src/method/registry.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/method/byol.hpp"
#include "src/method/simclr.hpp"
#include "src/method/simsiam.hpp"
#include "src/method/supervised.hpp"

namespace sslslr {
namespace {

struct Entry {
    const char* name;
    const char* projector_norm;  ///< what "auto" means
    const char* predictor_norm;
    std::function<std::shared_ptr<Method>(const MethodConfig&)> make;
};

const std::vector<Entry>& table() {
    static const std::vector<Entry> methods{
        {"sl-fpn", "none", "none",
         [](const auto& c) { return std::make_shared<SlFpn>(c.encoder, c.heads, c.sl_fpn); }},
        {"simclr", "all", "none",
         [](const auto& c) { return std::make_shared<SimClr>(c.encoder, c.heads, c.contrast.temperature); }},
        {"moco-v2", "none", "none",
         [](const auto& c) { return std::make_shared<MocoV2>(c.encoder, c.heads, c.contrast); }},
        {"simsiam", "all", "hidden",
         [](const auto& c) { return std::make_shared<SimSiam>(c.encoder, c.heads); }},
        {"byol", "hidden", "hidden",
         [](const auto& c) { return std::make_shared<Byol>(c.encoder, c.heads, c.target_momentum); }},
        {"pcl", "none", "none",
         [](const auto& c) { return std::make_shared<Pcl>(c.encoder, c.heads, c.contrast, c.pcl, c.clips); }},
        {"supervised", "none", "none",
         [](const auto& c) { return std::make_shared<Supervised>(c.encoder, c.classes); }},
    };
    return methods;
}

const Entry& entry_of(const std::string& name) {
    const auto found = std::ranges::find(table(), name, &Entry::name);
    if (found == table().end()) {
        throw ConfigError{fmt::format("{}: expected one of {}", io::setting("method", name),
                                      fmt::join(method_names(), ", "))};
    }
    return *found;
}

void require_share(io::Setting option, double value) {
    require(value >= 0 && value <= 1, fmt::format("{}: expected [0, 1]", io::setting(option, value)));
}

void check(const EncoderConfig& e) {
    require(e.blocks >= 0, fmt::format("{}: expected 0 or more", io::setting("blocks", e.blocks)));
    require(e.width >= 1 && e.heads >= 1 && e.width % e.heads == 0,
            fmt::format("{} {}: the width must be a multiple of the heads", io::setting("width", e.width),
                        io::setting("heads", e.heads)));
    require(e.dropout >= 0 && e.dropout < 1,
            fmt::format("{}: expected [0, 1)", io::setting("dropout", e.dropout)));
    require_one_of("position", e.position, {"learnt", "sinusoidal"});
    require_one_of("pooling", e.pooling, {"cls", "mean"});
    require_one_of("layer-norm", e.layer_norm, {"all", "blocks", "none"});
}

void check(const HeadConfig& h) {
    require(h.projector_layers >= 1 && h.projector_layers <= 8,
            fmt::format("{}: expected 1 to 8", io::setting("projector-layers", h.projector_layers)));
    require(h.projector_hidden >= 0,
            fmt::format("{}: expected 0 or more", io::setting("projector-hidden", h.projector_hidden)));
    require(h.embedding >= 1, fmt::format("{}: expected 1 or more", io::setting("embedding", h.embedding)));
    require(h.predictor_hidden >= 1,
            fmt::format("{}: expected 1 or more", io::setting("predictor-hidden", h.predictor_hidden)));
    require_one_of("projector-norm", h.projector_norm, {"auto", "none", "hidden", "all"});
    require_one_of("predictor-norm", h.predictor_norm, {"auto", "none", "hidden", "all"});
}

/// Only what the chosen method looks at.
void check_objective(const MethodConfig& c) {
    if (c.name == "sl-fpn") {
        require_one_of("predictor-input", c.sl_fpn.predictor_input, {"original", "view"});
    }
    if (c.name == "simclr" || c.name == "moco-v2" || c.name == "pcl") {
        require(c.contrast.temperature > 0,
                fmt::format("{}: expected more than 0", io::setting("temperature", c.contrast.temperature)));
    }
    if (c.name == "moco-v2" || c.name == "pcl") {
        require(c.contrast.queue >= 1,
                fmt::format("{}: the queue must hold 1 key or more", io::setting("queue", c.contrast.queue)));
        require_share("key-momentum", c.contrast.momentum);
    }
    if (c.name == "pcl") {
        require(c.pcl.warmup_epochs >= 0 && c.pcl.iterations >= 1,
                fmt::format("{} must be 0 or more, {} 1 or more", io::setting("cluster-warmup-epochs"),
                            io::setting("cluster-iterations")));
        require(!c.pcl.clusters.empty(),
                fmt::format("{}: expected one number or more", io::setting("clusters")));
        for (const auto clusters : c.pcl.clusters) {
            require(clusters >= 2 && clusters <= c.clips,
                    fmt::format("{}: expected 2 to the number of clips, {}",
                                io::setting("clusters", clusters), c.clips));
        }
    }
    if (c.name == "byol") {
        require_share("target-momentum", c.target_momentum);
    }
    require(c.name != "supervised" || c.classes > 1,
            fmt::format("{} needs at least two classes among the chosen clips",
                        io::setting("method", "supervised")));
}

}  // namespace

std::vector<std::string> method_names() {
    std::vector<std::string> names;
    for (const auto& entry : table()) {
        names.emplace_back(entry.name);
    }
    return names;
}

HeadConfig resolved_heads(const MethodConfig& config) {
    const auto& entry = entry_of(config.name);
    auto heads = config.heads;
    if (heads.projector_norm == "auto") {
        heads.projector_norm = entry.projector_norm;
    }
    if (heads.predictor_norm == "auto") {
        heads.predictor_norm = entry.predictor_norm;
    }
    return heads;
}

std::string objection_to_single_clips(const MethodConfig& config) {
    const bool has_predictor = (config.name == "sl-fpn" && config.sl_fpn.predictor) ||
                               config.name == "simsiam" || config.name == "byol";
    if (config.name != "supervised" && resolved_heads(config).normalises(has_predictor)) {
        return fmt::format("the batch norm in the heads of {} cannot normalise it", config.name);
    }
    if (config.name == "simclr") {
        return "simclr contrasts a clip with the others of its batch: without any its loss is 0";
    }
    return "";
}

std::shared_ptr<Method> make_method(const MethodConfig& config, std::uint64_t seed) {
    const auto& entry = entry_of(config.name);
    check(config.encoder);
    check(config.heads);
    check_objective(config);
    auto complete = config;
    complete.heads = resolved_heads(config);
    torch::manual_seed(seed);
    return entry.make(complete);
}

}  // namespace sslslr
