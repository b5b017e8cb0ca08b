#pragma once

#include <string>
#include <vector>

#include "src/study/study_data.hpp"

namespace sslslr {

/// Returns notes on test clips that show the same as clips that pretrain or whose labels train, under other
/// numbers or in other data sets. A reader of the study's tables must know them.
/// @throws ConfigError  a transfer is to clips that its encoder is pretrained on: see is_no_transfer()
std::vector<std::string> leaks_of(const StudyDataSets& data, const ExperimentPlan& plan);

}  // namespace sslslr
