"""What messages say, in Chinese. Names in braces are filled in; a command stands on its own."""

from typing import Final

TEXTS: Final = {
    "job_done": "任务 {name}:{count} 个位置已启用新证书",
    "job_failed": "任务 {name}:{count} 个位置中有 {failed} 个失败",
    "job_stopped": "任务 {name} 已停止:此前 {done} 个位置已变更,{failed} 个失败",
    "rolled_back": "任务 {name}:{count} 个位置已恢复原证书",
    "rollback_failed": "任务 {name}:{count} 个位置中有 {failed} 个回滚失败",
    "missing": "证书 {name} 将在 {days} 天后到期,且没有可替换的证书",
    "missing_ended": "证书 {name} 已到期,且没有可替换的证书",
    "stranger": "一张 CAS 中没有的证书将在 {days} 天后到期",
    "stranger_ended": "一张 CAS 中没有的证书已到期",
    "digest": "{count} 张证书需要处理",
    "test": "给 {name} 的测试消息",
    "test_done": "能读到此消息的人,会收到 certdeploy 发给该联系人的通知。",
    "certificate": "证书 {identifier}({names}),有效期至 {until} UTC",
    "unknown_certificate": "证书 {identifier},有效期至 {until} UTC",
    "no_names": "域名未知",
    "slots": "位置:",
    "failed": "失败:{slot}:{reason}",
    "done": "完成:{slot}",
    "left": "未变更:{slot}",
    "more": "……另有 {count} 项",
    "reason": "原因:{reason}",
    "again": "可能自行恢复的部分将于 {at} UTC 重试。",
    "see_job": "查看:certdeploy job show {job}",
    "see_failed": "处理:查看并消除原因后重新创建任务;或者恢复原状:",
    "do_missing": "处理:在 CAS 中续费该证书,或上传一张域名相同的证书;然后执行:",
    "do_stranger": "处理:在其来源处替换,或向 CAS 上传一张域名相同的证书;然后执行:",
}
