#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "src/study/experiment_plan.hpp"
#include "src/study/measure.hpp"

namespace sslslr {

/// The settings of a training on this data set without those of a method and an augmentation.
/// @param run  whose seed it has
Settings base_options(const StudySpec& spec, std::int64_t data, std::int64_t run);

/// The study's protocol that trains from labels alone; null if it has none.
const Variant* supervised_protocol(const StudySpec& spec);

/// The controls of a study's tables, and with which encoders.
class Controls {
public:
    /// @param spec, identities  must outlive it
    Controls(const StudySpec& spec, const Identities& identities) : spec_{spec}, identities_{identities} {}

    /// The columns of a table's controls, those with an encoder once for each encoder of its methods.
    /// @throws ConfigError  the table names what the study does not list
    std::vector<PlannedColumn> columns(const TableSpec& table, const Measure& measure);

    /// The study's own settings with the encoder of the method and the augmentation, and nothing else of
    /// theirs. @param method  one without name and settings: the study's own encoder
    Settings options(std::int64_t data, std::int64_t run, const Variant& method, const Variant& augmentation);

private:
    const Settings& encoder_settings(std::int64_t data, const Variant& method, const Variant& augmentation);
    std::vector<std::vector<std::string>> methods_by_encoder(const TableSpec& table);

    const StudySpec& spec_;
    const Identities& identities_;
    /// By data set, method and augmentation: to tell them apart options are read for each of them.
    std::map<std::tuple<std::int64_t, std::string, std::string>, Settings> encoder_settings_;
};

}  // namespace sslslr
