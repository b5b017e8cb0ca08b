#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/method/method.hpp"
#include "src/method/method_settings.hpp"
#include "src/method/moco_v2.hpp"
#include "src/method/pcl.hpp"
#include "src/method/regulariser.hpp"
#include "src/method/sl_fpn.hpp"
#include "src/model/encoder.hpp"
#include "src/model/heads.hpp"

namespace sslslr {

/// All that the program knows of a method: its entry in the table, which command lines, checks and documents
/// read.
struct MethodKind {
    const char* name;     ///< of --method
    const char* title;    ///< as its authors write it
    const char* source;   ///< authors and year
    const char* loss;     ///< in one line
    const char* example;  ///< a file of its source's settings, if there is one

    HeadNorm projector_norm = HeadNorm::none;  ///< what "auto" means, as the source has it
    HeadNorm predictor_norm = HeadNorm::none;
    bool has_projector = true;
    bool (*has_predictor)(const MethodConfig&) = nullptr;  ///< null: never
    bool needs_labels = false;

    std::vector<const MethodSettings*> settings{};  ///< beside those of the heads
    /// Why a clip that is alone in its batch teaches it nothing, whatever its heads; empty where it does.
    const char* alone = "";
    /// Refuses so few training clips. @throws ConfigError
    void (*check_clips)(const MethodConfig&, std::int64_t clips) = [](const MethodConfig&, std::int64_t) {};

    std::function<std::shared_ptr<Method>(const MethodConfig&)> make;  ///< heads have no automatic norm
};

/// The table, in the order of the help.
const std::vector<MethodKind>& methods();

/// @throws ConfigError  unknown name
const MethodKind* method_named(std::string_view name);

/// The names of those that fit, in the order of the table.
std::vector<std::string> method_names(const std::function<bool(const MethodKind&)>& fits =
                                          [](const MethodKind&) { return true; });

/// The table as src/README.md has it, in Markdown.
std::string table_of_methods();

/// Everything that shapes a method's networks and loss. A method looks only at its own settings.
struct MethodConfig {
    const MethodKind* kind = method_named("sl-fpn");
    EncoderConfig encoder;
    HeadConfig heads;
    RegulariserConfig regulariser;
    SlFpnConfig sl_fpn;
    MomentumContrastConfig contrast;  ///< of moco-v2 and pcl; simclr takes its temperature
    PclConfig pcl;
    double target_momentum = 0.996;  ///< of byol, at the start
    std::int64_t classes = 0;        ///< only for supervised
    std::int64_t clips = 0;          ///< of the data set, only for pcl
};

/// Declares --method; `kind` must outlive `options`.
void declare_method(Options& options, const MethodKind*& kind);

/// Declares the sections of options of all methods, each of use with the methods that have it; `fields` must
/// outlive `options`.
void declare_settings(Options& options, MethodConfig& fields);

/// The heads with the norms of the method's source where they are automatic.
HeadConfig resolved_heads(const MethodConfig& config);

/// Why the method learns nothing from a batch that holds a single clip, over all ranks; empty where it does
/// learn.
std::string objection_to_single_clips(const MethodConfig& config);

/// A method with fresh weights drawn from `seed`.
/// @throws ConfigError  a setting out of range
std::shared_ptr<Method> make_method(const MethodConfig& config, std::uint64_t seed);

}  // namespace sslslr
