#pragma once

#include <memory>
#include <string>
#include <vector>

#include "src/method/method.hpp"
#include "src/method/moco_v2.hpp"
#include "src/method/pcl.hpp"
#include "src/method/sl_fpn.hpp"
#include "src/model/encoder.hpp"
#include "src/model/heads.hpp"

namespace sslslr {

/// Everything that shapes a method's networks and loss. A method looks at its own settings alone.
struct MethodConfig {
    std::string name = "sl-fpn";
    EncoderConfig encoder;
    HeadConfig heads;
    SlFpnConfig sl_fpn;
    MomentumContrastConfig contrast;  ///< of moco-v2 and pcl; simclr takes its temperature
    PclConfig pcl;
    double target_momentum = 0.996;  ///< of byol, at the start
    std::int64_t classes = 0;        ///< only for supervised
    std::int64_t clips = 0;          ///< of the data set, only for pcl
};

/// Names that make_method knows, in the order of the help.
std::vector<std::string> method_names();

/// The method's batch norm in the heads, "auto" resolved: all for simclr and simsiam, hidden for byol and for
/// the predictor of simsiam, none otherwise. Source: each method's paper.
HeadConfig resolved_heads(const MethodConfig& config);

/// Why the method learns nothing from a batch that holds a single clip, over all ranks; empty where it does learn.
/// @throws ConfigError  unknown name
std::string objection_to_single_clips(const MethodConfig& config);

/// A method with fresh weights drawn from `seed`.
/// @throws ConfigError  unknown name, or a setting out of range
std::shared_ptr<Method> make_method(const MethodConfig& config, std::uint64_t seed);

}  // namespace sslslr
