#pragma once

#include <string>
#include <vector>

#include "src/study/study_data.hpp"

namespace sslslr {

/// Test clips of a study that show the same as clips that pretrain or whose labels train, under other numbers or in other
/// data sets: what a reader of its tables must know.
/// @throws ConfigError  a transfer to what its encoder is pretrained on, as is_no_transfer says
std::vector<std::string> leaks_of(const StudyDataSets& data, const ExperimentPlan& plan);

}  // namespace sslslr
