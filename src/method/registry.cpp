#include "src/method/registry.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/method/byol.hpp"
#include "src/method/simclr.hpp"
#include "src/method/simsiam.hpp"
#include "src/method/supervised.hpp"
#include "src/settings/options.hpp"

namespace sslslr {
namespace {

bool always(const MethodConfig& /*of*/) {
    return true;
}

void check(const EncoderConfig& e) {
    require(e.blocks >= 0, fmt::format("{}: expected 0 or more", io::setting("blocks", e.blocks)));
    require(e.width >= 1 && e.heads >= 1 && e.width % e.heads == 0,
            fmt::format("{} {}: the width must be a multiple of the number of heads",
                        io::setting("width", e.width), io::setting("heads", e.heads)));
    require(e.dropout >= 0 && e.dropout < 1,
            fmt::format("{}: expected [0, 1)", io::setting("dropout", e.dropout)));
}

void check(const HeadConfig& h) {
    require(h.projector_layers >= 1 && h.projector_layers <= 8,
            fmt::format("{}: expected 1 to 8", io::setting("projector-layers", h.projector_layers)));
    require(h.projector_hidden >= 0,
            fmt::format("{}: expected 0 or more", io::setting("projector-hidden", h.projector_hidden)));
    require(h.embedding >= 1, fmt::format("{}: expected 1 or more", io::setting("embedding", h.embedding)));
    require(h.predictor_hidden >= 1,
            fmt::format("{}: expected 1 or more", io::setting("predictor-hidden", h.predictor_hidden)));
}

bool has_predictor(const MethodConfig& config) {
    return config.kind->has_predictor != nullptr && config.kind->has_predictor(config);
}

std::string norms_of(const MethodKind& kind) {
    if (!kind.has_projector) {
        return "no heads";
    }
    const auto projector = kind.projector_norm == HeadNorm::all ? "all layers" : word_of(kind.projector_norm);
    return kind.has_predictor != nullptr && kind.predictor_norm != kind.projector_norm
               ? fmt::format("{}, predictor {}", projector, word_of(kind.predictor_norm))
               : projector;
}

}  // namespace

const std::vector<MethodKind>& methods() {
    static const std::vector<MethodKind> table{
        {.name = "sl-fpn",
         .title = "SL-FPN",
         .source = "Madjoukeng et al. 2025",
         .loss = "mse(z1, z2) + mse(z1, z0) + mse(q(z0), sg(z2))",
         .example = "configs/paper.ini",
         .has_predictor = [](const auto& c) { return c.sl_fpn.predictor; },
         .settings = {&sl_fpn_settings},
         .make = [](const auto& c) { return std::make_shared<SlFpn>(c.encoder, c.heads, c.sl_fpn); }},
        {.name = "simclr",
         .title = "SimCLR",
         .source = "Chen et al. 2020",
         .loss = "NT-Xent, negatives from all ranks",
         .example = "configs/paper/simclr.ini",
         .projector_norm = HeadNorm::all,
         .settings = {&temperature_settings},
         .alone = "contrasts a clip with the others of its batch: without others its loss is 0",
         .make =
             [](const auto& c) {
                 return std::make_shared<SimClr>(c.encoder, c.heads, c.contrast.temperature);
             }},
        {.name = "moco-v2",
         .title = "MoCo v2",
         .source = "He et al. 2020, Chen et al. 2020",
         .loss = "InfoNCE against a queue of keys, the same on every rank, without a clip's own earlier keys",
         .example = "configs/paper/moco-v2.ini",
         .settings = {&temperature_settings, &key_settings},
         .check_clips =
             [](const MethodConfig&, std::int64_t clips) {
                 require(clips > 1, io::setting("method", "moco-v2") +
                                        " contrasts clips with other clips, but there is only one training "
                                        "clip: choose more clips");
             },
         .make = [](const auto& c) { return std::make_shared<MocoV2>(c.encoder, c.heads, c.contrast); }},
        {.name = "simsiam",
         .title = "SimSiam",
         .source = "Chen and He 2021",
         .loss = "-cos(q(z1), sg(z2)), both ways",
         .example = "configs/paper/simsiam.ini",
         .projector_norm = HeadNorm::all,
         .predictor_norm = HeadNorm::hidden,
         .has_predictor = always,
         .make = [](const auto& c) { return std::make_shared<SimSiam>(c.encoder, c.heads); }},
        {.name = "byol",
         .title = "BYOL",
         .source = "Grill et al. 2020",
         .loss = "2 - 2 cos(q(z1), z2'), both ways, with z' from a momentum network",
         .example = "configs/paper/byol.ini",
         .projector_norm = HeadNorm::hidden,
         .predictor_norm = HeadNorm::hidden,
         .has_predictor = always,
         .settings = {&byol_settings},
         .make = [](const auto& c) { return std::make_shared<Byol>(c.encoder, c.heads, c.target_momentum); }},
        {.name = "pcl",
         .title = "PCL",
         .source = "Li et al. 2021",
         .loss = "MoCo's, plus contrast with prototypes from k-means over all ranks before each epoch",
         .example = "configs/paper/pcl.ini",
         .settings = {&temperature_settings, &key_settings, &pcl_settings},
         .check_clips = check_clusters,
         .make =
             [](const auto& c) {
                 return std::make_shared<Pcl>(c.encoder, c.heads, c.contrast, c.pcl, c.clips);
             }},
        {.name = "supervised",
         .title = "supervised",
         .source = "a control",
         .loss = "cross-entropy of the labels",
         .example = "",
         .has_projector = false,
         .needs_labels = true,
         .make =
             [](const auto& c) {
                 require(c.classes > 1, io::setting("method", "supervised") +
                                            " needs at least two classes among the chosen clips");
                 return std::make_shared<Supervised>(c.encoder, c.classes);
             }},
    };
    return table;
}

const MethodKind* method_named(std::string_view name) {
    const auto found = std::ranges::find(methods(), name, &MethodKind::name);
    if (found == methods().end()) {
        throw ConfigError{fmt::format("{}: expected one of {}", io::setting("method", std::string{name}),
                                      fmt::join(method_names(), ", "))};
    }
    return &*found;
}

std::vector<std::string> method_names(const std::function<bool(const MethodKind&)>& fits) {
    std::vector<std::string> names;
    for (const auto& kind : methods()) {
        if (fits(kind)) {
            names.emplace_back(kind.name);
        }
    }
    return names;
}

std::string table_of_methods() {
    std::string text =
        "| `--method` | method | loss | heads' batch norm (`auto`) | settings of its source |\n"
        "|---|---|---|---|---|\n";
    for (const auto& kind : methods()) {
        text +=
            fmt::format("| `{}` | {} ({}) | {} | {} | {} |\n", kind.name, kind.title, kind.source, kind.loss,
                        norms_of(kind), *kind.example == '\0' ? "-" : fmt::format("`{}`", kind.example));
    }
    return text;
}

void declare_method(Options& options, const MethodKind*& kind) {
    options.add_choice(
        "method", method_names(), [&kind] { return kind->name; },
        [&kind](const std::string& name) { kind = method_named(name); },
        fmt::format("method of pretraining: {}", fmt::join(method_names(), ", ")));
}

void declare_settings(Options& options, MethodConfig& fields) {
    std::vector<const MethodSettings*> declared;
    for (const auto& kind : methods()) {
        for (const auto* const settings : kind.settings) {
            if (std::ranges::count(declared, settings) > 0) {
                continue;
            }
            declared.push_back(settings);
            options.section(settings->title, "method", method_names([&](const MethodKind& other) {
                                return std::ranges::count(other.settings, settings) > 0;
                            }));
            settings->declare(options, fields);
        }
    }
}

HeadConfig resolved_heads(const MethodConfig& config) {
    const auto resolve = [](HeadNorm& norm, HeadNorm of_source) {
        norm = norm == HeadNorm::automatic ? of_source : norm;
    };
    auto heads = config.heads;
    resolve(heads.projector_norm, config.kind->projector_norm);
    resolve(heads.predictor_norm, config.kind->predictor_norm);
    return heads;
}

std::string objection_to_single_clips(const MethodConfig& config) {
    const auto& kind = *config.kind;
    if (kind.has_projector && resolved_heads(config).normalises(has_predictor(config))) {
        return fmt::format("the batch norm in the heads of {} cannot normalise a single clip", kind.name);
    }
    if (kind.has_projector && config.regulariser.kind == RegulariserKind::vicreg) {
        return "a single clip has no variance, which vicreg needs";
    }
    return *kind.alone == '\0' ? "" : fmt::format("{} {}", kind.name, kind.alone);
}

std::shared_ptr<Method> make_method(const MethodConfig& config, std::uint64_t seed) {
    check(config.encoder);
    check(config.heads);
    for (const auto* const settings : config.kind->settings) {
        settings->check(config);
    }
    auto complete = config;
    complete.heads = resolved_heads(config);
    torch::manual_seed(seed);
    auto method = config.kind->make(complete);
    if (config.kind->has_projector) {
        method->set_regulariser(config.regulariser);
    }
    return method;
}

}  // namespace sslslr
