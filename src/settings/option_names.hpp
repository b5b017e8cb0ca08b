#pragma once

#include <string>
#include <vector>

namespace sslslr {

/// What may have been meant by a name that is unknown: "; did you mean --epochs?", or nothing where no name
/// is near. Names that hold it as a whole word come first: epochs in probe-epochs and fine-tune-epochs.
/// @param dashes  stand before each name: "--"
std::string suggestion_for(const std::string& unknown, const std::vector<std::string>& known,
                           const std::string& dashes);

}  // namespace sslslr
