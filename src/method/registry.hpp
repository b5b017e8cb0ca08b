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

/// A method's entry in the table: everything that command lines, checks and documents need to know of it.
struct MethodKind {
    const char* name;     ///< value of --method
    const char* title;    ///< as its authors write it
    const char* source;   ///< authors and year
    const char* loss;     ///< as a formula or description, in one line
    const char* example;  ///< a file with the settings of its source; empty if there is none

    HeadNorm projector_norm = HeadNorm::none;  ///< meaning of "auto", as in the source
    HeadNorm predictor_norm = HeadNorm::none;
    bool has_projector = true;
    bool (*has_predictor)(const MethodConfig&) = nullptr;  ///< null: never
    bool needs_labels = false;

    std::vector<const MethodSettings*> settings{};  ///< in addition to those of the heads
    /// Says why it learns nothing from a batch of a single clip, whatever its heads, as the end of a sentence
    /// that begins with `name`; empty if it does learn.
    const char* alone = "";
    /// Rejects a training on too few clips.
    /// @throws ConfigError
    void (*check_clips)(const MethodConfig&, std::int64_t clips) = [](const MethodConfig&, std::int64_t) {};

    std::function<std::shared_ptr<Method>(const MethodConfig&)> make;  ///< no head's norm is automatic
};

/// The table of all methods, in the order in which help lists them.
const std::vector<MethodKind>& methods();

/// Returns the method of this name.
/// @throws ConfigError  unknown name
const MethodKind* method_named(std::string_view name);

/// Returns the names of the methods that meet a condition, in the order of the table.
std::vector<std::string> method_names(const std::function<bool(const MethodKind&)>& fits =
                                          [](const MethodKind&) { return true; });

/// Returns the table in Markdown, as src/README.md shows it.
std::string table_of_methods();

/// All settings of a method's networks and loss. A method reads only its own settings.
struct MethodConfig {
    const MethodKind* kind = method_named("sl-fpn");
    EncoderConfig encoder;
    HeadConfig heads;
    RegulariserConfig regulariser;
    SlFpnConfig sl_fpn;
    MomentumContrastConfig contrast;  ///< of moco-v2 and pcl; simclr uses its temperature
    PclConfig pcl;
    double target_momentum = 0.996;  ///< of byol, at the start
    std::int64_t classes = 0;        ///< only for supervised
    std::int64_t clips = 0;          ///< of the data set, only for pcl
};

/// Declares --method; `kind` must outlive `options`.
void declare_method(Options& options, const MethodKind*& kind);

/// Declares the option sections of all methods; each section says which methods use it. `fields` must outlive
/// `options`.
void declare_settings(Options& options, MethodConfig& fields);

/// Returns the heads, with automatic norms replaced by those of the method's source.
HeadConfig resolved_heads(const MethodConfig& config);

/// Says why the method learns nothing from a batch that holds a single clip over all ranks; empty if it does
/// learn.
std::string objection_to_single_clips(const MethodConfig& config);

/// Makes a method with new weights drawn from `seed`.
/// @throws ConfigError  a setting out of range
std::shared_ptr<Method> make_method(const MethodConfig& config, std::uint64_t seed);

}  // namespace sslslr
