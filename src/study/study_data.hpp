#pragma once

#include <memory>
#include <vector>

#include "src/protocol/evaluation_clips.hpp"
#include "src/protocol/protocol.hpp"
#include "src/run/data_set.hpp"
#include "src/run/pretrain_options.hpp"
#include "src/study/experiment_plan.hpp"

namespace sslslr {

/// The data sets of a study, opened, and the ways in which their clips are divided. If a data set names no
/// clips to test on and every table that trains on it has targets, all of its clips pretrain. Construction
/// and destruction are collective.
class StudyDataSets {
public:
    /// @throws ConfigError, dist::AgreedError  as DataSet and part_clips; the section is named
    StudyDataSets(const StudySpec& spec, const std::string& memory_limit, const Ranks& ranks);

    const DataSet& data(std::int64_t number) const { return *sets_[static_cast<std::size_t>(number)]; }
    const EvaluationClips& clips(std::int64_t number, std::int64_t fold) const {
        return clips_[static_cast<std::size_t>(number)][static_cast<std::size_t>(fold)];
    }
    /// Returns how a fold divides the clips, for the options of a run.
    const ClipParts& parts(std::int64_t number, std::int64_t fold) const {
        return parts_[static_cast<std::size_t>(number)][static_cast<std::size_t>(fold)];
    }
    const std::vector<DataFacts>& facts() const { return facts_; }
    /// Returns the fingerprints of these clips of a data set, in their order.
    std::vector<io::ClipPrint> prints(std::int64_t number, const std::vector<std::int64_t>& clips) const;

private:
    void keep_prints(const Ranks& ranks);
    void part(const StudySpec& study, const DataSpec& spec);

    std::vector<std::unique_ptr<DataSet>> sets_;
    std::vector<std::vector<ClipParts>> parts_;
    std::vector<std::vector<EvaluationClips>> clips_;
    std::vector<DataFacts> facts_;
    std::vector<std::vector<io::ClipPrint>> prints_;  ///< by data set, of all its clips
};

/// Returns the options of a training with these settings. @throws ConfigError  names `where`
PretrainOptions pretrain_options_of(const Settings& settings, const std::string& where);
/// Returns the protocol with these settings, checked. @throws ConfigError  as Options and
/// check(ProtocolConfig)
ProtocolConfig protocol_config_of(const Settings& settings, const std::string& where);

/// Checks, before anything is pretrained, that clips can have the views that whole networks are trained on.
/// @throws ConfigError  names the job
void check_views(const StudyDataSets& data, const ExperimentPlan& plan);

/// Returns what identifies the jobs of a study.
Identities identities_of_jobs();

}  // namespace sslslr
