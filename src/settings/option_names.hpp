#pragma once

#include <string>
#include <vector>

namespace sslslr {

/// Suggests known names for an unknown one: "; did you mean --epochs?". Empty if no name is similar. Names
/// that contain the unknown one as a whole word are preferred: epochs in probe-epochs and fine-tune-epochs.
/// @param dashes  prefix of each name: "--"
std::string suggestion_for(const std::string& unknown, const std::vector<std::string>& known,
                           const std::string& dashes);

}  // namespace sslslr
