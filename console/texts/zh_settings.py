"""The console's own words in Chinese for accounts, the quota, clean-up and choosing, by the English ones."""

from typing import Final

CHINESE: Final[dict[str, str]] = {
    "Dead letters": "死信",
    "Invocations of functions that were given up, the oldest first. What timers make up for by themselves,"
    " such as a scan, may be dropped; look at the others.": (
        "已放弃的函数调用，最早的在前。定时器会自行补上的（例如扫描）可以丢弃；其余请查看。"
    ),
    "Function": "函数",
    "Tries": "尝试次数",
    "Show, run again or drop one:": "查看、重新运行或丢弃其中一个：",
    "There are none.": "没有。",
    "Choose other certificates": "选择其他证书",
    "Other certificates": "其他证书",
    (
        "Those that are ticked are the job's. Its slots are planned anew for them: what they do not"
        " cover, or need not change, is no longer in the job."
    ): ("勾选的即为任务的证书。任务的位置将据此重新计划：未被覆盖或无需更改的位置不再属于该任务。"),
    "{n} chosen": "已选 {n} 个",
    "No certificate that can be deployed fits.": "没有符合条件的可部署证书。",
    "Who writes": "由谁执行",
    "as configured": "按配置",
    "direct": "直接（direct）",
    "cas": "CAS（cas）",
    "Left empty: all at once.": "未填写：一次全部。",
    "Role": "角色",
    "Do they let us in?": "能否进入？",
    "Another account": "添加账号",
    (
        "A role there that may be assumed from here, and its name in CERTDEPLOY_ACCOUNTS (in a"
        " stack: the parameter Accounts), whoever starts the console or the functions. The policy"
        " of the role:"
    ): (
        "在对方账号建立允许从此处扮演的角色，并将其写入启动控制台和函数时的 CERTDEPLOY_ACCOUNTS（堆"
        "栈中为参数 Accounts）。角色的权限策略："
    ),
    "its role is assumed, its CAS is read": "可扮演其角色，可读取其 CAS",
    "No account but the own one is looked after.": "除本账号外没有其他账号。",
    "Each role is assumed with the key at hand, and one list is read there. Nothing is changed.": (
        "使用当前密钥扮演每个角色并读取一个列表，不做任何更改。"
    ),
    "Quota of deployments": "部署配额",
    "{left} of {bought} left": "剩余 {left} / {bought}",
    "{n} used by ended jobs": "已结束任务用去 {n}",
    "{n} used by running ones": "进行中任务用去 {n}",
    "{n} reserved": "预留 {n}",
    "Advisory: no job is charged; previews say what the vendor would charge.": (
        "仅提示：任务不扣配额；预览显示厂商会收取多少。"
    ),
    "Enforced: a job is submitted only if enough is left.": "强制：余量足够时任务才能提交。",
    "Open jobs": "未结束的任务",
    "Reserved": "预留",
    "Used": "已用",
    "Given back": "退还",
    "Add a package that was bought": "添加已购配额包",
    "Package": "配额包",
    "Deployments": "部署次数",
    "Note, such as the number of the order": "备注，例如订单号",
    "Packages are not taken away again.": "配额包添加后不能移除。",
    "Add": "添加",
    "Set": "设定",
    "Mode and shared certificates": "模式与共享证书",
    "Mode": "模式",
    "advisory": "仅提示（advisory）",
    "enforced": "强制（enforced）",
    "Ids of certificates that are free, since they were shared with this account": (
        "因共享给本账号而免费的证书 ID"
    ),
    "not free any more": "不再免费",
    "Free, since shared:": "因共享而免费：",
    "When": "时间",
    "Bought": "购买",
    "Released": "释放",
    "Nothing yet.": "暂无。",
    "Clean-up": "清理",
    "Clean-up of certificates": "清理证书",
    (
        "An uploaded certificate may go if no slot and no address of its names serves it, no job"
        " needs it, and it has ended or another takes its place."
    ): (
        "上传的证书在以下情况可删除：没有位置、其域名也没有地址在使用它，没有任务需要它，且已到期或"
        "已有其他证书接替。"
    ),
    "Nothing can be deleted:": "无法删除任何证书：",
    "Keep what jobs of so long may be rolled back to": "保留此期间内任务可回滚到的证书",
    "Look": "查看",
    "{n} may be deleted": "{n} 个可删除",
    "{n} stay": "{n} 个保留",
    "Choose all of this page": "全选本页",
    "Look at the chosen ones": "查看所选证书",
    "None of these may be deleted.": "这些证书都不能删除。",
    "Delete {n} for good": "永久删除 {n} 个",
    "{n} of {total} are deleted.": "已删除 {n} / {total}。",
    "delete": "删除",
    "keep": "保留",
    "kept": "已保留",
    "deleted": "已删除",
    "The console does not answer: what is shown may be old. It is asked again.": (
        "控制台没有响应：显示的内容可能已过时，正在重试。"
    ),
    "Webhook": "Webhook",
    "Jobs are being looked through. It comes by itself in a moment.": ("正在查看任务记录，稍后会自动出现。"),
    "{n} earlier jobs were not looked into.": "另有 {n} 个更早的任务未查看。",
    "Job {job}, which is no longer stored, put {certificate} there.": (
        "已不再保存的任务 {job} 在此部署了 {certificate}。"
    ),
    "This cannot be shown": "无法显示",
    "{n} certificates are deleted with their keys, for good. Each is looked at once more before.": (
        "将永久删除 {n} 个证书及其私钥。删除前会逐个再次检查。"
    ),
    "So may a copy of one in a product's own store, if CAS has it or certdeploy put it there.": (
        "产品自有存储中的副本，若 CAS 中有该证书或由 certdeploy 放入，也可删除。"
    ),
    "Place": "位置标识",
    "Not looked at:": "未检查：",
    "In products' own stores": "产品自有存储",
}
