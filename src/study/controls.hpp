#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "src/study/experiment_plan.hpp"
#include "src/study/measure.hpp"

namespace sslslr {

/// Returns the settings of a training on this data set without those of a method and an augmentation.
/// @param run  sets the seed
Settings base_options(const StudySpec& spec, std::int64_t data, std::int64_t run);

/// Returns the study's protocol that trains only from labels; null if it has none.
const Variant* supervised_protocol(const StudySpec& spec);

/// Finds the controls of a study's tables and the encoders that they use.
class Controls {
public:
    /// @param spec, identities  must outlive it
    Controls(const StudySpec& spec, const Identities& identities) : spec_{spec}, identities_{identities} {}

    /// Returns the columns of a table's controls. Those with an encoder come once for each encoder of its
    /// methods.
    /// @throws ConfigError  the table names what the study does not list
    std::vector<PlannedColumn> columns(const TableSpec& table, const Measure& measure);

    /// Returns the study's own settings with the encoder of the method and the augmentation, and nothing else
    /// of theirs.
    /// @param method  without name and settings: the study's own encoder
    Settings options(std::int64_t data, std::int64_t run, const Variant& method, const Variant& augmentation);

private:
    const Settings& encoder_settings(std::int64_t data, const Variant& method, const Variant& augmentation);
    std::vector<std::vector<std::string>> methods_by_encoder(const TableSpec& table);

    const StudySpec& spec_;
    const Identities& identities_;
    /// Results of encoder_settings() by data set, method and augmentation, because each takes reading all
    /// options.
    std::map<std::tuple<std::int64_t, std::string, std::string>, Settings> encoder_settings_;
};

}  // namespace sslslr
