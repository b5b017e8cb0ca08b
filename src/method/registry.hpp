#pragma once

#include <memory>
#include <string>
#include <vector>

#include "src/method/method.hpp"
#include "src/method/sl_fpn.hpp"
#include "src/model/encoder.hpp"
#include "src/model/heads.hpp"

namespace sslslr {

/// Everything that shapes a method's networks and loss.
struct MethodConfig {
    std::string name = "sl-fpn";
    EncoderConfig encoder;
    HeadConfig heads;
    SlFpnConfig sl_fpn;
    std::int64_t classes = 0;  ///< only for supervised
};

/// Names that make_method knows, in the order of the help.
std::vector<std::string> method_names();

/// A method with fresh weights drawn from `seed`.
/// @throws ConfigError  unknown name, or a setting out of range
std::shared_ptr<Method> make_method(const MethodConfig& config, std::uint64_t seed);

}  // namespace sslslr
